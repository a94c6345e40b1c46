//! The parts of a run that are compared with each other: before the faults, under them, and all of the load.

use super::noise::slices::Slices;
use crate::findings::Findings;
use crate::findings::orders::Order;
use crate::findings::window::Window;

pub struct Period {
    pub title: &'static str,
    /// Of A and of B; `None` in a run that has no such part.
    pub windows: [Option<Window>; 2],
    /// Or why there are none.
    pub slices: Result<Slices, String>,
}

pub struct Periods {
    pub before: Period,
    pub under: Period,
    pub whole: Period,
}

impl Periods {
    pub fn of(runs: &[Findings; 2]) -> Self {
        let period =
            |title, window: fn(&Findings) -> Option<Window>| Period::of(title, runs, window);
        Self {
            before: period("before the faults", before),
            under: period("under faults", under),
            whole: period("the whole load", |run| Some(whole(run))),
        }
    }

    pub fn all(&self) -> [&Period; 3] {
        [&self.before, &self.under, &self.whole]
    }
}

impl Period {
    fn of(
        title: &'static str,
        runs: &[Findings; 2],
        window: fn(&Findings) -> Option<Window>,
    ) -> Self {
        let windows = runs.each_ref().map(window);
        let orders = runs.each_ref().map(|run| run.orders.as_slice());
        let slices = match windows {
            [Some(a), Some(b)] => Slices::cut([a, b], orders),
            [None, None] => Err(format!("neither run has a time {title}")),
            [None, Some(_)] => Err(format!("A has no time {title}")),
            [Some(_), None] => Err(format!("B has no time {title}")),
        };
        Self {
            title,
            windows,
            slices,
        }
    }

    /// Those of a run that were due in it.
    pub fn orders<'a>(&self, side: usize, run: &'a Findings) -> impl Iterator<Item = &'a Order> {
        let window = self.windows[side];
        let within = move |order: &&Order| {
            let at_ms = order.intended_us / 1_000;
            window.is_some_and(|window| (window.from_ms..window.to_ms).contains(&at_ms))
        };
        run.orders.iter().filter(within)
    }
}

fn phase(run: &Findings, name: &str) -> Option<Window> {
    let phases = &run.files.record.phases;
    let phase = phases.iter().find(|phase| phase.name == name)?;
    Some(Window {
        from_ms: phase.started_ms,
        to_ms: phase.ended_ms,
    })
}

/// From the baseline to the end of the sending.
fn whole(run: &Findings) -> Window {
    let until_ms = phase(run, "drain").map_or(run.window.to_ms, |drain| drain.from_ms);
    Window {
        from_ms: run.window.from_ms,
        to_ms: until_ms.max(run.window.from_ms + 1),
    }
}

/// All of it, where nothing was broken.
fn before(run: &Findings) -> Option<Window> {
    let whole = whole(run);
    let until_ms = phase(run, "baseline").map_or(whole.to_ms, |baseline| baseline.to_ms);
    let window = Window {
        to_ms: until_ms.min(whole.to_ms),
        ..whole
    };
    (window.from_ms < window.to_ms).then_some(window)
}

/// From the first of the method to the steady state; what was sent after that is as before.
fn under(run: &Findings) -> Option<Window> {
    let from_ms = phase(run, "inject")?.from_ms;
    let until_ms = phase(run, "recovered").map_or(whole(run).to_ms, |recovered| recovered.from_ms);
    (from_ms < until_ms).then_some(Window {
        from_ms,
        to_ms: until_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Files, Phase};

    fn run(phases: &[(&str, u64, u64)]) -> Findings {
        let phase = |(name, from_s, to_s): &(&str, u64, u64)| Phase {
            name: (*name).into(),
            started_ms: from_s * 1_000,
            ended_ms: to_s * 1_000,
        };
        let mut files = Files::default();
        files.record.phases = phases.iter().map(phase).collect();
        Findings::of(files)
    }

    const BROKEN: [(&str, u64, u64); 5] = [
        ("baseline", 10, 20),
        ("inject", 20, 50),
        ("recovery", 50, 55),
        ("recovered", 55, 70),
        ("drain", 70, 75),
    ];
    const PLAIN: [(&str, u64, u64); 2] = [("baseline", 10, 70), ("drain", 70, 75)];

    #[test]
    fn the_time_under_faults_ends_when_the_run_is_steady_again() {
        let periods = Periods::of(&[run(&BROKEN), run(&BROKEN)]);
        let ends = |period: &Period| period.windows[0].map(|it| (it.from_ms, it.to_ms));
        assert_eq!(ends(&periods.before), Some((10_000, 20_000)));
        assert_eq!(ends(&periods.under), Some((20_000, 55_000)));
        assert_eq!(ends(&periods.whole), Some((10_000, 70_000)));
    }

    #[test]
    fn a_run_in_which_nothing_was_broken_has_no_time_under_faults() {
        let periods = Periods::of(&[run(&PLAIN), run(&BROKEN)]);
        assert_eq!(periods.under.windows[0], None);
        let why = periods.under.slices.expect_err("nothing to compare");
        assert_eq!(why, "A has no time under faults");
        assert_eq!(periods.before.windows[0].map(|it| it.to_ms), Some(70_000));
    }
}
