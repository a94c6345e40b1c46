//! A share of the orders of a period: what the kinds of shares have in common.

use super::{Better, Decision, Figure, Pair, Values};
use crate::comparison::noise::Noise;
use crate::comparison::noise::shares::Share;
use crate::comparison::unit::Unit;
use crate::findings::orders::Order;

pub struct Kind {
    pub group: &'static str,
    pub name: String,
    pub unit: Unit,
    pub better: Better,
}

/// Of all orders of the load.
pub fn figure(pair: &Pair, kind: Kind, is_one: impl Fn(&Order) -> bool) -> Figure {
    let period = &pair.periods.whole;
    let values = [0, 1].map(|side| {
        let orders = || period.orders(side, &pair.runs[side]);
        let all = orders().count() as f64;
        (all > 0.0).then(|| orders().filter(|order| is_one(order)).count() as f64 / all)
    });
    let decision = match (&period.slices, values) {
        (_, [None, _]) => Decision::CannotBeTold("A has no orders".into()),
        (_, [_, None]) => Decision::CannotBeTold("B has no orders".into()),
        (Err(why), _) => Decision::CannotBeTold(why.clone()),
        (Ok(slices), _) => {
            let [a, b] = [0, 1].map(|side| {
                let mut counts = vec![(0.0, 0.0); slices.counts[side]];
                for order in period.orders(side, &pair.runs[side]) {
                    if let Some(slice) = slices.at(side, order.intended_us) {
                        counts[slice].1 += 1.0;
                        counts[slice].0 += if is_one(order) { 1.0 } else { 0.0 };
                    }
                }
                Share::of_slices(&counts)
            });
            Decision::Noise {
                noise: Noise::Shares { a, b },
                better: kind.better,
            }
        }
    };
    Figure {
        group: kind.group.into(),
        name: kind.name,
        values: Values::Numbers {
            of: values,
            unit: kind.unit,
        },
        decision,
    }
}
