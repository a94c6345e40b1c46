//! Where the time of confirmed orders goes: the steps of their critical paths that take most of it.

use std::collections::{BTreeMap, BTreeSet};

use checkers::history::Status;
use checkers::state::Part;

use super::{Better, Decision, Figure, Pair, Values};
use crate::comparison::noise::means::{self, Means};
use crate::comparison::noise::slices::Slices;
use crate::comparison::unit::Unit;
use crate::findings::Findings;
use crate::findings::critical_path::critical_path;
use crate::findings::orders::Order;

/// More are small, and each is one more that chance may pick.
const STEPS_SHOWN: usize = 5;

/// Milliseconds of each step of one order's path, the wait before a step included.
struct Path<'a> {
    intended_us: u64,
    steps: BTreeMap<String, f64>,
    order: &'a Order,
}

pub fn of(pair: &Pair) -> Vec<Figure> {
    let coordinations: BTreeSet<String> = pair
        .runs
        .iter()
        .flat_map(|run| run.coordinations())
        .collect();
    let paths = pair.runs.each_ref().map(paths);
    coordinations
        .iter()
        .flat_map(|coordination| {
            let of_it = paths.each_ref().map(|paths| {
                let is_of = |path: &&Path| path.order.coordination == *coordination;
                paths.iter().filter(is_of).collect::<Vec<_>>()
            });
            longest(&of_it)
                .into_iter()
                .map(|step| figure(pair, coordination, &step, &of_it))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Of the confirmed orders of the load whose spans have times.
fn paths(run: &Findings) -> Vec<Path<'_>> {
    let is_confirmed = |order: &&Order| {
        let end = order.end.as_ref();
        end.is_some_and(|end| end.outcome.status == Status::Confirmed)
    };
    let orders = run.orders.iter().filter(is_confirmed);
    let by_op: BTreeMap<u64, &Order> = orders.map(|order| (order.op, order)).collect();
    let Part::Read(traces) = &run.files.traces else {
        return Vec::new();
    };
    traces
        .traces
        .iter()
        .filter_map(|trace| {
            let order = by_op.get(&trace.op)?;
            let mut steps = BTreeMap::new();
            for piece in critical_path(&trace.spans) {
                let name = piece.span.name.as_str();
                let name = name.strip_prefix("process ").unwrap_or(name);
                let step = steps.entry(format!("{} {name}", piece.span.service));
                *step.or_insert(0.0) += (piece.to_us - piece.from_us) as f64 / 1_000.0;
            }
            (!steps.is_empty()).then_some(Path {
                intended_us: order.intended_us,
                steps,
                order,
            })
        })
        .collect()
}

/// Those that take longest in either run.
fn longest(sides: &[Vec<&Path>; 2]) -> Vec<String> {
    let names: BTreeSet<&String> = sides
        .iter()
        .flatten()
        .flat_map(|path| path.steps.keys())
        .collect();
    let most = |step: &str| {
        let of = sides.each_ref().map(|paths| mean(paths, step));
        of.into_iter().flatten().fold(0.0, f64::max)
    };
    let mut by_length: Vec<(f64, &String)> =
        names.into_iter().map(|name| (most(name), name)).collect();
    by_length.sort_by(|left, right| right.0.total_cmp(&left.0));
    by_length.truncate(STEPS_SHOWN);
    by_length
        .into_iter()
        .map(|(_, name)| name.clone())
        .collect()
}

fn mean(paths: &[&Path], step: &str) -> Option<f64> {
    let sum: f64 = paths.iter().map(|path| ms(path, step)).sum();
    (!paths.is_empty()).then(|| sum / paths.len() as f64)
}

fn ms(path: &Path, step: &str) -> f64 {
    path.steps.get(step).copied().unwrap_or(0.0)
}

fn figure(pair: &Pair, coordination: &str, step: &str, sides: &[Vec<&Path>; 2]) -> Figure {
    let noise = match &pair.periods.whole.slices {
        _ if sides[0].is_empty() => Err("A has no traces with times".into()),
        _ if sides[1].is_empty() => Err("B has no traces with times".into()),
        Err(why) => Err(why.clone()),
        Ok(slices) => {
            let [a, b] = [0, 1].map(|side| by_slice(slices, side, &sides[side], step));
            means::noise(slices, [&a, &b])
        }
    };
    Figure {
        group: format!("Critical path of {coordination}, the mean of traced orders"),
        name: step.to_owned(),
        values: Values::Numbers {
            of: sides.each_ref().map(|paths| mean(paths, step)),
            unit: Unit::Latency,
        },
        decision: Decision::by(noise, Better::Less),
    }
}

fn by_slice(slices: &Slices, side: usize, paths: &[&Path], step: &str) -> Means {
    let mut sums = vec![(0.0, 0.0); slices.counts[side]];
    for path in paths {
        if let Some(slice) = slices.at(side, path.intended_us) {
            sums[slice].0 += ms(path, step);
            sums[slice].1 += 1.0;
        }
    }
    Means::of(sums)
}
