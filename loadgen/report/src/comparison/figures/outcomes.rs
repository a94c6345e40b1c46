//! How orders ended.

use std::collections::BTreeSet;

use super::share::{Kind, figure};
use super::{Better, Figure, Pair};
use crate::comparison::unit::Unit;
use crate::findings::orders::Order;

const GROUP: &str = "Outcomes, the whole load";
/// Those have their own lines among the requests.
const OF_REQUESTS: [&str; 2] = ["failed", "unknown"];

pub fn of(pair: &Pair) -> Vec<Figure> {
    let orders = pair.runs.iter().flat_map(|run| &run.orders);
    let outcomes: BTreeSet<String> = orders.map(Order::outcome).collect();
    outcomes
        .into_iter()
        .filter(|outcome| !OF_REQUESTS.contains(&outcome.as_str()))
        .map(|outcome| {
            let kind = Kind {
                group: GROUP,
                name: outcome.clone(),
                unit: Unit::Share,
                better: better(&outcome),
            };
            figure(pair, kind, |order| order.outcome() == outcome)
        })
        .collect()
}

/// Refusals and cancels of customers are what their data asked for.
fn better(outcome: &str) -> Better {
    match outcome {
        "confirmed" => Better::More,
        "cancelled/deadline" | "not seen to end" => Better::Less,
        _ => Better::Neither,
    }
}
