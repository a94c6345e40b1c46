//! The traces of the orders, through Jaeger's query API v3, whoever serves it.
//!
//! The edge may begin a trace of its own for each request, so traces are found by the order their spans are about, not
//! by the id the caller proposed: searched for in slices of the run, and fetched by id again until they are whole.

mod otlp;
mod sample;
mod search;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use checkers::claims::traces::missing;
use checkers::history::{Action, History, Operation, Outcome};
use checkers::state::FinalState;
use checkers::traces::{Span, Trace, Traces};
use futures::stream::{self, StreamExt, TryStreamExt};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::clock::now_ms;
use search::Store;

/// Requests at once: the store answers from memory, and the machine has other things to do.
const CONCURRENCY: usize = 4;
/// Spans are sent some seconds late; after this a trace is as whole as it will be.
const WHOLE_WITHIN: Duration = Duration::from_secs(20);
/// No new span for so long: those that are missing are lost.
const SILENCE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Around an order's requests: the first orders are placed before they are written down (see the warm-up).
const MARGIN_MS: u64 = 1_000;
/// An order whose trace is looked for, and what of it was found: spans by trace.
struct Wanted {
    op: u64,
    /// Unix ms within which its requests were sent.
    window_ms: (u64, u64),
    /// Of these, from its placing to the answer.
    placed_ms: (u64, u64),
    /// Coordination and outcome, where the order is known to have ended.
    ending: Option<(String, Outcome)>,
    found: BTreeMap<String, Vec<Span>>,
}

type WantedOrders = BTreeMap<Uuid, Wanted>;

pub async fn read(
    store_url: &str,
    history: &History,
    state: &FinalState,
    sample_max: usize,
) -> Result<Traces, String> {
    let store = Store::new(store_url);
    let mut orders = wanted(history, state, sample_max);
    search_from_the_edge(&store, &mut orders).await?;
    search_from_within(&store, &mut orders).await?;
    let asked = Some(orders.len() as u64);
    let (mut spans, mut grown) = (count(&orders), Instant::now());
    let until = Instant::now() + WHOLE_WITHIN;
    while !orders.values().all(Wanted::is_whole)
        && grown.elapsed() < SILENCE
        && Instant::now() < until
    {
        sleep(LOOK_EVERY).await;
        fetch_the_unfinished(&store, &mut orders).await?;
        if count(&orders) > spans {
            (spans, grown) = (count(&orders), Instant::now());
        }
    }
    let traces = orders.into_values().map(Wanted::into_trace).collect();
    Ok(Traces { asked, traces })
}

/// Everything that customers began while the orders ran.
async fn search_from_the_edge(store: &Store, orders: &mut WantedOrders) -> Result<(), String> {
    let from = orders.values().map(|order| order.window_ms.0).min();
    let to = orders.values().map(|order| order.window_ms.1).max();
    if let (Some(from), Some(to)) = (from, to) {
        for operation in ["POST /orders", "POST /orders/{id}/cancel"] {
            let from = from.saturating_sub(MARGIN_MS);
            store
                .search("gateway", operation, from, to, |traces| {
                    keep(traces, orders)
                })
                .await?;
        }
    }
    Ok(())
}

/// A killed gateway takes its spans with it; the rest of such a trace is found by what came after.
async fn search_from_within(store: &Store, orders: &mut WantedOrders) -> Result<(), String> {
    for (service, operation, when) in [
        (
            "orders",
            "POST /orders",
            Wanted::placed_ms as fn(&Wanted) -> (u64, u64),
        ),
        ("order-view", "project order.placed", Wanted::placed_ms),
        // The end of a cancel's own trace.
        ("order-view", "project order.cancelled", Wanted::window_ms),
        // Nobody's request: what a deadline asks for is a trace of its own, long after the last answer perhaps.
        ("orders", "deadline reached", Wanted::until_now_ms),
    ] {
        let unfinished = orders.values().filter(|order| !order.is_whole()).map(when);
        for (from, to) in merged(unfinished.collect()) {
            store
                .search(service, operation, from, to, |traces| keep(traces, orders))
                .await?;
        }
    }
    Ok(())
}

/// The same times with their margins, none of them twice: what a kill took lies close together.
fn merged(mut windows: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    windows.sort_unstable();
    let mut apart: Vec<(u64, u64)> = Vec::new();
    for (from, to) in windows {
        let (from, to) = (from.saturating_sub(MARGIN_MS), to + MARGIN_MS);
        match apart.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            Some(_) | None => apart.push((from, to)),
        }
    }
    apart
}

fn count(orders: &WantedOrders) -> usize {
    orders
        .values()
        .flat_map(|order| order.found.values())
        .map(Vec::len)
        .sum()
}

async fn fetch_the_unfinished(store: &Store, orders: &mut WantedOrders) -> Result<(), String> {
    let unfinished: BTreeSet<String> = orders
        .values()
        .filter(|order| !order.is_whole())
        .flat_map(|order| order.found.keys().cloned())
        .collect();
    let fetched: Vec<Vec<otlp::Found>> = stream::iter(unfinished)
        .map(|trace_id| async move { store.trace(&trace_id).await })
        .buffer_unordered(CONCURRENCY)
        .try_collect()
        .await?;
    fetched.into_iter().for_each(|trace| keep(trace, orders));
    Ok(())
}

/// Files whole traces under the orders they are about; what is about no wanted order is dropped.
fn keep(found: Vec<otlp::Found>, orders: &mut WantedOrders) {
    let mut traces: BTreeMap<String, (Vec<Span>, Option<Uuid>)> = BTreeMap::new();
    for found in found {
        let trace = traces.entry(found.span.trace_id.clone()).or_default();
        trace.0.push(found.span);
        trace.1 = trace.1.or(found.order_id);
    }
    for (trace_id, (spans, order_id)) in traces {
        if let Some(order) = order_id.and_then(|order_id| orders.get_mut(&order_id)) {
            order.found.insert(trace_id, spans);
        }
    }
}

fn wanted(history: &History, state: &FinalState, sample_max: usize) -> WantedOrders {
    let outcomes: BTreeMap<Uuid, Outcome> = state
        .orders
        .get()
        .map(|rows| {
            rows.orders
                .iter()
                .map(|row| (row.order_id, row.outcome()))
                .collect()
        })
        .unwrap_or_default();
    let acknowledged: Vec<&Operation> = history
        .placed()
        .map(|placed| placed.operation)
        .filter(|operation| operation.promise().is_some())
        .collect();
    sample::evenly_and_the_slowest(&acknowledged, sample_max)
        .into_iter()
        .filter_map(|operation| {
            let order_id = operation.promise()?.order_id;
            let wanted = Wanted {
                op: operation.op(),
                window_ms: operation.window_ms(),
                placed_ms: operation.answered_within_ms(),
                ending: ending(operation, &outcomes),
                found: BTreeMap::new(),
            };
            Some((order_id, wanted))
        })
        .collect()
}

fn ending(operation: &Operation, outcomes: &BTreeMap<Uuid, Outcome>) -> Option<(String, Outcome)> {
    let Action::Place(place) = &operation.invocation.action else {
        return None;
    };
    let outcome = outcomes.get(&operation.promise()?.order_id)?;
    Some((place.coordination.clone(), outcome.clone()))
}

impl Wanted {
    fn window_ms(&self) -> (u64, u64) {
        self.window_ms
    }

    fn placed_ms(&self) -> (u64, u64) {
        self.placed_ms
    }

    fn until_now_ms(&self) -> (u64, u64) {
        (self.placed_ms.0, now_ms())
    }

    fn is_whole(&self) -> bool {
        let Some((coordination, outcome)) = &self.ending else {
            return !self.found.is_empty();
        };
        let spans = self.found.values().flatten().cloned().collect();
        !self.found.is_empty()
            && missing(&Trace { op: self.op, spans }, coordination, outcome).is_empty()
    }

    fn into_trace(self) -> Trace {
        Trace {
            op: self.op,
            spans: self.found.into_values().flatten().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn windows_that_touch_are_searched_once() {
        let merged = merged(vec![(9_000, 9_500), (5_000, 5_100), (5_600, 6_000)]);
        assert_eq!(merged, [(4_000, 7_000), (8_000, 10_500)]);
    }
}
