//! Latency from the intended start: to the acknowledgement, and of each coordination to the end.

use std::collections::BTreeSet;

use super::{Better, Decision, Figure, Pair, Values};
use crate::comparison::noise::means::{self, Means};
use crate::comparison::noise::percentiles::{self, Ranked};
use crate::comparison::noise::slices::Slices;
use crate::comparison::period::Period;
use crate::comparison::unit::Unit;
use crate::findings::orders::Order;
use crate::findings::percentiles::Sorted;

/// In rising order.
const PERCENTILES: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];

/// What is measured: `None` of an order that has it not.
struct Measure<'a> {
    name: String,
    of: Box<dyn Fn(&Order) -> Option<f64> + 'a>,
}

pub fn of(pair: &Pair) -> Vec<Figure> {
    let coordinations: BTreeSet<String> = pair
        .runs
        .iter()
        .flat_map(|run| run.coordinations())
        .collect();
    let mut measures = vec![Measure {
        name: "to the acknowledgement".into(),
        of: Box::new(Order::acknowledged_ms),
    }];
    measures.extend(coordinations.iter().map(|coordination| Measure {
        name: format!("{coordination} to the end"),
        of: Box::new(move |order| {
            let is_of = order.coordination == *coordination;
            is_of.then(|| order.ended_ms()).flatten()
        }),
    }));
    let both = [&pair.periods.before, &pair.periods.under];
    let asked = both
        .into_iter()
        .filter(|period| period.windows.iter().any(Option::is_some));
    asked
        .flat_map(|period| {
            measures
                .iter()
                .flat_map(move |measure| latencies(pair, period, measure))
        })
        .collect()
}

fn latencies(pair: &Pair, period: &Period, measure: &Measure) -> Vec<Figure> {
    let sorted = [0, 1].map(|side| {
        let orders = period.orders(side, &pair.runs[side]);
        Sorted::of(orders.filter_map(|order| (measure.of)(order)))
    });
    let figure = |name: &str, share: f64, decision: Decision| Figure {
        group: format!("Latency {}", period.title),
        name: format!("{}, {name}", measure.name),
        values: Values::Numbers {
            of: sorted.each_ref().map(|sorted| sorted.at(share)),
            unit: Unit::Latency,
        },
        decision,
    };
    let noises = match &period.slices {
        Ok(slices) => noises(pair, period, slices, measure),
        Err(why) => vec![Err(why.clone()); PERCENTILES.len() + 1],
    };
    let names = PERCENTILES.into_iter().chain([("max", 1.0)]);
    names
        .zip(noises)
        .map(|((name, share), noise)| figure(name, share, Decision::by(noise, Better::Less)))
        .collect()
}

type Noises = Vec<Result<crate::comparison::noise::Noise, String>>;

fn noises(pair: &Pair, period: &Period, slices: &Slices, measure: &Measure) -> Noises {
    let latencies = [0, 1].map(|side| {
        let latency = |order: &Order| {
            let slice = slices.at(side, order.intended_us)?;
            Some(((measure.of)(order)?, slice))
        };
        let orders = period.orders(side, &pair.runs[side]);
        orders.filter_map(latency).collect::<Vec<_>>()
    });
    let [a, b] = latencies
        .each_ref()
        .map(|rows| Ranked::of(rows.iter().copied()));
    let mut noises = percentiles::noise(slices, [&a, &b], &PERCENTILES.map(|(_, share)| share));
    // The highest of all is one order; what the highest of each slice are says whether it is more than that.
    let [a, b] = [0, 1].map(|side| highest(&latencies[side], slices.counts[side]));
    noises.push(means::noise_of_logarithms(slices, [&a, &b]));
    noises
}

fn highest(latencies: &[(f64, usize)], slices: usize) -> Means {
    let mut highest: Vec<Option<f64>> = vec![None; slices];
    for (ms, slice) in latencies {
        let ms = ms.max(f64::MIN_POSITIVE).ln();
        highest[*slice] = Some(highest[*slice].map_or(ms, |most| most.max(ms)));
    }
    Means::of_values(highest)
}
