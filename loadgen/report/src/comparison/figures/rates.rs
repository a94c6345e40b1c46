//! How many orders a second were sent, and how many came to their end.

use super::{Better, Decision, Figure, Pair, Values};
use crate::comparison::noise::means::{self, Means};
use crate::comparison::noise::slices::Slices;
use crate::comparison::unit::Unit;
use crate::findings::orders::Order;

const GROUP: &str = "Rates, the whole load";

type Moment = fn(&Order) -> Option<u64>;

pub fn of(pair: &Pair) -> Vec<Figure> {
    let rates: [(&str, Moment); 2] = [
        ("orders sent", |order| Some(order.sent_us)),
        ("orders seen to end", |order| {
            order.end.as_ref().map(|end| end.at_us)
        }),
    ];
    rates
        .into_iter()
        .map(|(name, moment)| rate(pair, name, moment))
        .collect()
}

fn rate(pair: &Pair, name: &str, moment: Moment) -> Figure {
    let period = &pair.periods.whole;
    let values = [0, 1].map(|side| {
        let window = period.windows[side]?;
        let within = |at_us: &u64| (window.from_ms..window.to_ms).contains(&(at_us / 1_000));
        let moments = pair.runs[side].orders.iter().filter_map(moment);
        Some(moments.filter(within).count() as f64 * 1_000.0 / window.length_ms() as f64)
    });
    let noise = period.slices.as_ref().map_err(String::clone);
    let noise = noise.and_then(|slices| {
        let [a, b] = [0, 1].map(|side| counts(slices, side, pair, moment));
        means::noise(slices, [&a, &b])
    });
    Figure {
        group: GROUP.into(),
        name: name.into(),
        values: Values::Numbers {
            of: values,
            unit: Unit::Rate,
        },
        decision: Decision::by(noise, better(pair)),
    }
}

fn counts(slices: &Slices, side: usize, pair: &Pair, moment: Moment) -> Means {
    let seconds = slices.seconds(side).into_iter();
    let mut counts: Vec<(f64, f64)> = seconds.map(|seconds| (0.0, seconds)).collect();
    let moments = pair.runs[side].orders.iter().filter_map(moment);
    for slice in moments.filter_map(|at_us| slices.at(side, at_us)) {
        counts[slice].0 += 1.0;
    }
    Means::of(counts)
}

/// More is better where the same was asked for; another rate that was asked for is neither.
fn better(pair: &Pair) -> Better {
    let loads = pair.runs.each_ref().map(|run| &run.files.record.load);
    match loads[0].rate_intended == loads[1].rate_intended && loads[0].pace == loads[1].pace {
        true => Better::More,
        false => Better::Neither,
    }
}
