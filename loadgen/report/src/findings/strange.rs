//! The orders that are worth a look: the slowest, and those to which something happened that mostly does not.

use std::collections::BTreeMap;

use checkers::traces::Trace;

use super::Findings;
use super::critical_path::is_repetition;
use super::orders::{Answer, Order};

/// More than these nobody reads.
const SLOWEST: usize = 3;
const UNKNOWN: usize = 2;

pub struct Chosen<'a> {
    pub order: &'a Order,
    pub why: Vec<&'static str>,
    /// Of a sampled order.
    pub trace: Option<&'a Trace>,
}

/// Each order once, with every reason there is for it.
pub fn chosen(findings: &Findings) -> Vec<Chosen<'_>> {
    let traces = traces_by_op(findings);
    let mut chosen = Choice {
        traces: &traces,
        orders: Vec::new(),
    };
    let orders = &findings.orders;
    let mut by_latency: Vec<&Order> = orders.iter().filter(|order| order.end.is_some()).collect();
    by_latency.sort_by(|left, right| {
        right
            .ended_ms()
            .unwrap_or(0.0)
            .total_cmp(&left.ended_ms().unwrap_or(0.0))
    });
    for order in orders
        .iter()
        .filter(|order| is_lost_from_sight(order))
        .take(UNKNOWN)
    {
        chosen.add(order, "never seen to end");
    }
    for order in by_latency.iter().take(SLOWEST) {
        chosen.add(order, "slowest");
    }
    let unknown = orders
        .iter()
        .filter(|order| matches!(order.answer, Answer::Unknown(_)));
    for order in unknown.take(UNKNOWN) {
        chosen.add(order, "unknown outcome");
    }
    if let Some(order) = by_latency
        .iter()
        .find(|order| was_ended_by_its_deadline(order))
    {
        chosen.add(order, "cancelled by its deadline");
    }
    let most = |count: fn(&Trace) -> usize| {
        let counted = orders
            .iter()
            .filter_map(|order| Some((count(traces.get(&order.op)?), order)));
        counted
            .filter(|(n, _)| *n > 0)
            .max_by_key(|(n, order)| (*n, std::cmp::Reverse(order.op)))
    };
    if let Some((_, order)) = most(repetitions) {
        chosen.add(order, "redelivered most");
    }
    if let Some((_, order)) = most(|trace| trace.spans.len()) {
        chosen.add(order, "most spans");
    }
    chosen.orders
}

fn traces_by_op(findings: &Findings) -> BTreeMap<u64, &Trace> {
    let traces = findings.files.traces.get();
    let traces = traces.into_iter().flat_map(|traces| &traces.traces);
    traces.map(|trace| (trace.op, trace)).collect()
}

fn is_lost_from_sight(order: &Order) -> bool {
    order.answer == Answer::Acknowledged && order.end.is_none()
}

fn was_ended_by_its_deadline(order: &Order) -> bool {
    order
        .end
        .as_ref()
        .is_some_and(|end| end.outcome.reason.as_deref() == Some("deadline"))
}

fn repetitions(trace: &Trace) -> usize {
    let repeated = |span: &&checkers::traces::Span| span.redelivered || is_repetition(span);
    trace.spans.iter().filter(repeated).count()
}

struct Choice<'a, 'b> {
    traces: &'b BTreeMap<u64, &'a Trace>,
    orders: Vec<Chosen<'a>>,
}

impl<'a> Choice<'a, '_> {
    fn add(&mut self, order: &'a Order, why: &'static str) {
        match self
            .orders
            .iter_mut()
            .find(|chosen| chosen.order.op == order.op)
        {
            Some(chosen) => chosen.why.push(why),
            None => self.orders.push(Chosen {
                order,
                why: vec![why],
                trace: self.traces.get(&order.op).copied(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::critical_path::tests::span;
    use super::super::orders::tests::order;
    use super::*;
    use crate::files::Files;
    use checkers::history::Outcome;
    use checkers::state::Part;
    use checkers::traces::Traces;

    #[test]
    fn an_order_is_chosen_once_with_every_reason() {
        let mut orders: Vec<Order> = (0..10).map(|op| order(op, op * 100)).collect();
        orders[4].end.as_mut().expect("ended").at_us += 40_000_000;
        orders[4].end.as_mut().expect("ended").outcome = Outcome::cancelled("deadline");
        orders[7].answer = Answer::Unknown("timeout".into());
        orders[7].end = None;
        orders[8].end = None;
        let trace = |op, spans: usize| Trace {
            op,
            spans: (0..spans).map(|n| span(&n.to_string(), "", 1, 2)).collect(),
        };
        let mut traces = vec![trace(4, 30), trace(5, 10), trace(6, 12)];
        traces[1].spans[0].redelivered = true;
        let mut findings = Findings::of(Files {
            traces: Part::Read(Traces {
                traces,
                ..Traces::default()
            }),
            ..Files::default()
        });
        findings.orders = orders;
        let found: Vec<_> = chosen(&findings)
            .iter()
            .map(|chosen| {
                (
                    chosen.order.op,
                    chosen.why.join(", "),
                    chosen.trace.is_some(),
                )
            })
            .collect();
        let expected = [
            (8, "never seen to end", false),
            (4, "slowest, cancelled by its deadline, most spans", true),
            (0, "slowest", false),
            (1, "slowest", false),
            (7, "unknown outcome", false),
            (5, "redelivered most", true),
        ];
        assert_eq!(
            found,
            expected.map(|(op, why, trace)| (op, why.to_owned(), trace))
        );
    }
}
