//! I16: each order is one connected trace, with the spans its outcome demands.
//!
//! | part | what |
//! |---|---|
//! | `sample` | the traces are those that were asked for |
//! | `connections` | no parent and no linked attempt is missing |
//! | `demands` | the spans that a flow must have left |
//! | `completeness` | how many of them there are, as a number |
//! | `clocks` | times that contradict who caused whom; told, not judged |

mod clocks;
mod completeness;
mod connections;
mod demands;
mod sample;

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::history::{Completion, History, Operation, Outcome, Place};
use crate::journal::Journal;
use crate::state::{OrdersRows, Part};
use crate::traces::{Span, Trace, Traces};
use crate::verdict::{Claim, Examination, Report, grouped};
use completeness::Completeness;
use connections::{disconnected, lost_causes};
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
        let acknowledged: BTreeMap<u64, &Operation> = history
            .placed()
            .filter(|placed| placed.operation.promise().is_some())
            .map(|placed| (placed.operation.op(), placed.operation))
            .collect();
        exam.count(traces.traces.len(), "traces");
        exam.count(
            traces.traces.iter().map(|trace| trace.spans.len()).sum(),
            "spans",
        );
        sample::check(&acknowledged, traces, &mut exam);
        let mut judge = Judge {
            journal,
            exam: &mut exam,
            absent: 0,
            excused: 0,
            anomalies: 0,
            complete: Completeness::default(),
        };
        for trace in &traces.traces {
            if let Some(operation) = acknowledged.get(&trace.op) {
                judge.trace(trace, operation, &outcomes);
            }
        }
        judge.finish();
    }
    exam.finish()
}

struct Judge<'a> {
    journal: &'a Journal,
    exam: &'a mut Examination,
    absent: usize,
    excused: usize,
    anomalies: u64,
    complete: Completeness,
}

/// A span that is not there, and the service that should have sent it.
struct Gap<'a> {
    service: &'a str,
    place: &'a str,
    expected: String,
    found: String,
}

impl Judge<'_> {
    fn trace(&mut self, trace: &Trace, operation: &Operation, outcomes: &BTreeMap<Uuid, Outcome>) {
        let ending = ending(operation, outcomes);
        let undone = ending.map(|(place, outcome)| self.demands(trace, place, outcome));
        if trace.spans.is_empty() {
            self.absent += 1;
            return;
        }
        let subject = format!("op {}, trace {}", trace.op, trace.spans[0].trace_id);
        let lost = |place| {
            move |(service, found)| Gap {
                service,
                place,
                expected: "in the trace".to_owned(),
                found,
            }
        };
        let known = operation.invocation.span_id.as_str();
        let parents = disconnected(trace, known).into_iter();
        let gaps = (parents.map(lost("parent span")))
            .chain(lost_causes(trace).map(lost("linked span")))
            .chain(undone.into_iter().flatten());
        for gap in gaps {
            if self.excuses(gap.service, operation) {
                self.excused += 1;
            } else {
                self.exam
                    .wrong(&subject, gap.place, gap.expected, gap.found);
            }
        }
        self.repetitions(&subject, trace);
        for anomaly in clocks::anomalies(trace) {
            self.anomalies += 1;
            self.exam.detail(format!("{subject}: {anomaly}"));
        }
    }

    /// Those of the demanded spans that are missing.
    fn demands(&mut self, trace: &Trace, place: &Place, outcome: &Outcome) -> Vec<Gap<'static>> {
        let demanded = demanded(&place.coordination, outcome).len();
        let missing = missing(trace, &place.coordination, outcome);
        self.complete.demanded += demanded as u64;
        self.complete.missing += missing.len() as u64;
        let gap = |(service, name)| Gap {
            service,
            place: service,
            expected: format!("span \"{name}\" ({outcome})"),
            found: "none".to_owned(),
        };
        missing.into_iter().map(gap).collect()
    }

    /// No kill excuses a repetition that does not say what it repeats.
    fn repetitions(&mut self, subject: &str, trace: &Trace) {
        let is_repetition = |span: &&Span| span.name.starts_with("duplicate ");
        for span in trace.spans.iter().filter(is_repetition) {
            if span.links.is_empty() {
                let found = format!("span \"{}\" without a link", span.name);
                let expected = "a link to the attempt that did it";
                self.exam.wrong(subject, &span.service, expected, found);
            }
        }
    }

    fn excuses(&self, service: &str, operation: &Operation) -> bool {
        let (from_ms, to_ms) = operation.window_ms();
        let to_ms = to_ms.saturating_add(EXPORT_INTERVAL_MS);
        self.journal.killed_between(service, from_ms, to_ms)
            || self.journal.blinded_between(service, from_ms, to_ms)
    }

    fn finish(self) {
        if self.complete.demanded > 0 {
            self.exam.note(self.complete.to_string());
        }
        let (excused, anomalies) = (self.excused, grouped(self.anomalies));
        self.exam.note(format!("{excused} gaps excused by a kill"));
        self.exam.note(format!("{anomalies} clock anomalies"));
        if self.absent > 0 {
            // The store keeps what fits and drops the rest silently: absence proves nothing.
            let absent = self.absent;
            self.exam
                .unknown(format!("{absent} traces are not in the store"));
        }
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
