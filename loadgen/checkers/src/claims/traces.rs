//! I16: each order is one connected trace, with the spans its outcome demands.

mod connections;
mod demands;
mod sample;

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::history::{Completion, History, Operation, Outcome, Place};
use crate::journal::Journal;
use crate::state::{OrdersRows, Part};
use crate::traces::{Trace, Traces};
use crate::verdict::{Claim, Examination, Report};
use connections::disconnected;
pub use demands::{Demand, demanded, missing};

pub const CLAIM: Claim = Claim {
    id: "I16",
    title: "every order is one whole trace",
};

/// A span waits this long in its process at most before it is sent: the default of the OpenTelemetry SDKs.
/// A process that is killed takes the spans of that time with it.
pub const EXPORT_INTERVAL_MS: u64 = 5_000;

pub fn check(
    history: &History,
    orders: &Part<OrdersRows>,
    traces: &Part<Traces>,
    journal: &Journal,
) -> Report {
    let mut exam = Examination::of(CLAIM);
    let orders = orders.examine("orders", &mut exam);
    let traces = traces.examine("traces", &mut exam);
    if let (Some(orders), Some(traces)) = (orders, traces) {
        let outcomes: BTreeMap<Uuid, Outcome> = orders
            .orders
            .iter()
            .map(|row| (row.order_id, row.outcome()))
            .collect();
        let asked: BTreeMap<u64, &Operation> = history
            .placed()
            .filter(|placed| placed.operation.promise().is_some())
            .map(|placed| (placed.operation.op(), placed.operation))
            .collect();
        exam.count(traces.traces.len(), "traces");
        exam.count(
            traces.traces.iter().map(|trace| trace.spans.len()).sum(),
            "spans",
        );
        sample::check(&asked, traces, &mut exam);
        let mut judge = Judge {
            journal,
            exam: &mut exam,
            absent: 0,
            excused: 0,
        };
        for trace in &traces.traces {
            if let Some(operation) = asked.get(&trace.op) {
                judge.trace(trace, operation, &outcomes);
            }
        }
        let (absent, excused) = (judge.absent, judge.excused);
        exam.note(format!("{excused} gaps excused by a kill"));
        if absent > 0 {
            // The store keeps what fits and drops the rest silently: absence proves nothing.
            exam.unknown(format!("{absent} traces are not in the store"));
        }
    }
    exam.finish()
}

struct Judge<'a> {
    journal: &'a Journal,
    exam: &'a mut Examination,
    absent: usize,
    excused: usize,
}

impl Judge<'_> {
    fn trace(&mut self, trace: &Trace, operation: &Operation, outcomes: &BTreeMap<Uuid, Outcome>) {
        if trace.spans.is_empty() {
            self.absent += 1;
            return;
        }
        let subject = format!("op {}, trace {}", trace.op, trace.spans[0].trace_id);
        let known = operation.invocation.span_id.as_str();
        for (service, found) in disconnected(trace, known) {
            if self.excuses(service, operation) {
                self.excused += 1;
            } else {
                self.exam
                    .wrong(&subject, "parent span", "in the trace", found);
            }
        }
        let Some((place, outcome)) = ending(operation, outcomes) else {
            return;
        };
        for (service, name) in missing(trace, &place.coordination, outcome) {
            if self.excuses(service, operation) {
                self.excused += 1;
            } else {
                self.exam.wrong(
                    &subject,
                    service,
                    format!("span \"{name}\" ({outcome})"),
                    "none",
                );
            }
        }
        for span in trace
            .spans
            .iter()
            .filter(|span| span.name.starts_with("duplicate "))
        {
            if span.links.is_empty() {
                let found = format!("span \"{}\" without a link", span.name);
                self.exam.wrong(
                    &subject,
                    &span.service,
                    "a link to the attempt that did it",
                    found,
                );
            }
        }
    }

    fn excuses(&self, service: &str, operation: &Operation) -> bool {
        let (from_ms, to_ms) = operation.window_ms();
        let to_ms = to_ms.saturating_add(EXPORT_INTERVAL_MS);
        self.journal.killed_between(service, from_ms, to_ms)
            || self.journal.blinded_between(service, from_ms, to_ms)
    }
}

fn ending<'a>(
    operation: &'a Operation,
    outcomes: &'a BTreeMap<Uuid, Outcome>,
) -> Option<(&'a Place, &'a Outcome)> {
    let crate::history::Action::Place(place) = &operation.invocation.action else {
        return None;
    };
    let Completion::Ok { promise, .. } = &operation.completion else {
        return None;
    };
    outcomes
        .get(&promise.order_id)
        .map(|outcome| (place, outcome))
}

#[cfg(test)]
mod tests;
