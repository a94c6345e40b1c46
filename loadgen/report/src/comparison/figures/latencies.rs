//! Latency from the intended start: to the acknowledgement, and of each coordination to the end.

use super::{Better, Decision, Figure, Pair, Values};
use crate::comparison::latency::{self, Latency};
use crate::comparison::noise::means::{self, Means};
use crate::comparison::noise::percentiles::{self, Ranked};
use crate::comparison::noise::slices::Slices;
use crate::comparison::period::Period;
use crate::comparison::unit::Unit;
use crate::findings::orders::Order;
use crate::findings::percentiles::Sorted;

/// In rising order.
const PERCENTILES: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];

pub fn of(pair: &Pair) -> Vec<Figure> {
    let latencies = latency::all(pair.runs);
    let both = [&pair.periods.before, &pair.periods.under];
    let asked = both
        .into_iter()
        .filter(|period| period.windows.iter().any(Option::is_some));
    asked
        .flat_map(|period| {
            latencies
                .iter()
                .flat_map(move |latency| of_one(pair, period, latency))
        })
        .collect()
}

fn of_one(pair: &Pair, period: &Period, latency: &Latency) -> Vec<Figure> {
    let figure = |name: &str, of, noise| Figure {
        group: format!("Latency {}", period.title),
        name: format!("{}, {name}", latency.name()),
        values: Values::Numbers {
            of,
            unit: Unit::Latency,
        },
        decision: Decision::by(noise, Better::Less),
    };
    let sorted = [0, 1].map(|side| {
        let orders = period.orders(side, &pair.runs[side]);
        Sorted::of(orders.filter_map(|order| latency.ms(order)))
    });
    let at = |share: f64| sorted.each_ref().map(|sorted| sorted.at(share));
    let (noises, highest, of_highest) = match &period.slices {
        Ok(slices) => {
            let rows = [0, 1].map(|side| rows(pair, period, slices, latency, side));
            let [a, b] = rows.each_ref().map(|rows| Ranked::of(rows.iter().copied()));
            let shares = PERCENTILES.map(|(_, share)| share);
            let [high_a, high_b] = [0, 1].map(|side| highest(&rows[side], slices.counts[side]));
            (
                percentiles::noise(slices, [&a, &b], &shares),
                [&high_a, &high_b].map(|highest| highest.whole().map(f64::exp)),
                means::noise_of_logarithms(slices, [&high_a, &high_b]),
            )
        }
        Err(why) => (
            vec![Err(why.clone()); PERCENTILES.len()],
            [None, None],
            Err(why.clone()),
        ),
    };
    let single = Err("it is a single order; the next line is of many".into());
    let percentiles = PERCENTILES.into_iter().zip(noises);
    percentiles
        .map(|((name, share), noise)| figure(name, at(share), noise))
        .chain([
            figure("max", at(1.0), single),
            figure("max of a slice", highest, of_highest),
        ])
        .collect()
}

/// Each latency with its slice.
fn rows(
    pair: &Pair,
    period: &Period,
    slices: &Slices,
    latency: &Latency,
    side: usize,
) -> Vec<(f64, usize)> {
    let row = |order: &Order| {
        let slice = slices.at(side, order.intended_us)?;
        Some((latency.ms(order)?, slice))
    };
    let orders = period.orders(side, &pair.runs[side]);
    orders.filter_map(row).collect()
}

/// The highest of each slice, in logarithms.
fn highest(latencies: &[(f64, usize)], slices: usize) -> Means {
    let mut highest: Vec<Option<f64>> = vec![None; slices];
    for (ms, slice) in latencies {
        let ms = ms.max(f64::MIN_POSITIVE).ln();
        highest[*slice] = Some(highest[*slice].map_or(ms, |most| most.max(ms)));
    }
    Means::of_values(highest)
}
