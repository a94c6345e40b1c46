//! The time that is shown: from the baseline to the end of the drain.

use checkers::history::History;

use crate::files::Phase;

/// Unix ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from_ms: u64,
    pub to_ms: u64,
}

/// The window in steps of equal length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    pub from_ms: u64,
    pub step_ms: u64,
    pub steps: usize,
}

/// Microseconds of it, and of a while later, fit into 64 bits.
const LATEST_MS: u64 = u64::MAX / 10_000;
/// Lengths of a step that people count in.
const STEPS_MS: [u64; 9] = [
    1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000,
];

impl Window {
    /// A run that ended early has no such phases: then it is the time of its history.
    pub fn of(phases: &[Phase], history: &History) -> Self {
        let phase = |name| phases.iter().find(|phase| phase.name == name);
        let sent = history
            .operations
            .iter()
            .map(|operation| operation.invocation.sent_us / 1_000);
        let from_ms = phase("baseline")
            .map(|phase| phase.started_ms)
            .or(sent.min())
            .unwrap_or(0);
        let seen = history
            .operations
            .iter()
            .map(|operation| operation.window_ms().1);
        let to_ms = phase("drain")
            .map(|phase| phase.ended_ms)
            .or(seen.max())
            .unwrap_or(0);
        Self::between(from_ms, to_ms)
    }

    /// Of no length, nothing could be drawn in it.
    pub fn between(from_ms: u64, to_ms: u64) -> Self {
        let (from_ms, to_ms) = (from_ms.min(LATEST_MS), to_ms.min(LATEST_MS));
        Self {
            from_ms,
            to_ms: to_ms.max(from_ms + 1_000),
        }
    }

    pub fn length_ms(&self) -> u64 {
        self.to_ms - self.from_ms
    }

    /// How far into the window, 0 to 1; what lies outside is at its edge.
    pub fn share(&self, at_ms: f64) -> f64 {
        ((at_ms - self.from_ms as f64) / self.length_ms() as f64).clamp(0.0, 1.0)
    }

    /// The finest grid of at most `steps_max` steps.
    pub fn grid(&self, steps_max: usize) -> Grid {
        let steps_max = steps_max.max(1) as u64;
        let fits = |step_ms: &&u64| self.length_ms().div_ceil(**step_ms) <= steps_max;
        let step_ms = STEPS_MS
            .iter()
            .find(fits)
            .copied()
            .unwrap_or(self.length_ms().div_ceil(steps_max));
        Grid {
            from_ms: self.from_ms,
            step_ms,
            steps: self.length_ms().div_ceil(step_ms) as usize,
        }
    }
}

impl Grid {
    pub fn step_at(&self, at_ms: u64) -> Option<usize> {
        let step = at_ms.checked_sub(self.from_ms)? / self.step_ms;
        usize::try_from(step).ok().filter(|step| *step < self.steps)
    }

    pub fn started_ms(&self, step: usize) -> u64 {
        self.from_ms + step as u64 * self.step_ms
    }

    pub fn step_s(&self) -> f64 {
        self.step_ms as f64 / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window {
        from_ms: 10_000,
        to_ms: 70_500,
    };

    #[test]
    fn the_window_is_from_the_baseline_to_the_end_of_the_drain() {
        let phase = |name: &str, started_ms, ended_ms| Phase {
            name: name.into(),
            started_ms,
            ended_ms,
        };
        let phases = [
            phase("warm-up", 1, 10_000),
            phase("baseline", 10_000, 20_000),
            phase("drain", 70_000, 70_500),
        ];
        assert_eq!(Window::of(&phases, &History::default()), WINDOW);
    }

    #[test]
    fn a_run_without_phases_and_orders_has_a_window_all_the_same() {
        assert_eq!(Window::of(&[], &History::default()).length_ms(), 1_000);
    }

    #[test]
    fn a_time_that_cannot_be_is_no_reason_to_fail() {
        let phase = |name: &str| Phase {
            name: name.into(),
            started_ms: u64::MAX,
            ended_ms: u64::MAX,
        };
        let window = Window::of(&[phase("baseline"), phase("drain")], &History::default());
        assert_eq!(window.length_ms(), 1_000);
        assert_eq!(window.share(window.to_ms as f64), 1.0);
        assert_eq!(Window::between(90_000, 5_000).length_ms(), 1_000);
    }

    #[test]
    fn a_grid_is_as_fine_as_its_bound_lets_it() {
        let grid = WINDOW.grid(61);
        assert_eq!((grid.step_ms, grid.steps), (1_000, 61));
        let grid = WINDOW.grid(60);
        assert_eq!((grid.step_ms, grid.steps), (2_000, 31));
        assert_eq!(grid.step_at(9_999), None);
        assert_eq!(grid.step_at(12_000), Some(1));
        assert_eq!(grid.step_at(72_000), None);
    }
}
