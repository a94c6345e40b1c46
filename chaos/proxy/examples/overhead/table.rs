//! What was measured, in Markdown.

use crate::{
    crowd::Crowd,
    load::{Load, Run},
    way::Way,
};
use std::{fmt::Write, time::Duration};

const MIB: f64 = 1024.0 * 1024.0;
const HEAD: &str = "\
| between load and broker | messages/s | of those without it | its processor µs a message | those of load, broker and it | more than without it | messages | errors |
|---|---|---|---|---|---|---|---|
";

/// `rounds` hold a run for each way; the first way is what the others are compared with.
pub fn of(load: &Load, ways: &[Way], rounds: &[Vec<Run>], crowd: &Crowd) -> String {
    let mut table = format!(
        "{} rounds of {} s for each way in turns: {} connections, each with up to {} messages of {} octets under way, every one published with a confirm and consumed with an acknowledgement. Medians; in brackets, where the middle half lies. What is compared is compared within a round.\n\n",
        rounds.len(),
        load.seconds,
        load.connections,
        load.window,
        load.octets,
    );
    table += HEAD;
    for (at, way) in ways.iter().enumerate() {
        let of =
            |figure: &dyn Fn(&[Run]) -> f64| Spread::of(rounds.iter().map(|runs| figure(runs)));
        let a_message = |took: Duration, run: &Run| took.as_micros() as f64 / run.messages as f64;
        let all = |run: &Run| a_message(run.all_took, run);
        let rate = of(&|runs| runs[at].rate());
        let share = of(&|runs| 100.0 * runs[at].rate() / runs[0].rate());
        let own = of(&|runs| a_message(runs[at].way_took, &runs[at]));
        let together = of(&|runs| all(&runs[at]));
        let dearer = of(&|runs| 100.0 * (all(&runs[at]) / all(&runs[0]) - 1.0));
        let runs = || rounds.iter().map(|runs| &runs[at]);
        let messages: u64 = runs().map(|run| run.messages).sum();
        let errors: usize = runs().map(|run| run.errors.len()).sum();
        let _ = writeln!(
            table,
            "| {} | {:.0} | {:.0} % ({:.0} to {:.0}) | {:.1} | {:.0} | {:+.0} % ({:+.0} to {:+.0}) | {messages} | {errors} |",
            way.name,
            rate.median,
            share.median,
            share.low,
            share.high,
            own.median,
            together.median,
            dearer.median,
            dearer.low,
            dearer.high,
        );
    }
    let _ = writeln!(
        table,
        "\n{} connections through the proxy, each after some messages: {:.1} MiB of resident memory, {:.1} MiB before them.",
        crowd.connections,
        crowd.after as f64 / MIB,
        crowd.before as f64 / MIB,
    );
    table
}

/// A quarter of the figures lies below `low`, and a quarter above `high`.
struct Spread {
    low: f64,
    median: f64,
    high: f64,
}

impl Spread {
    fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        let at = |quarter| {
            let last = figures.len().saturating_sub(1);
            figures.get(last * quarter / 4).copied().unwrap_or(f64::NAN)
        };
        Self {
            low: at(1),
            median: at(2),
            high: at(3),
        }
    }
}
