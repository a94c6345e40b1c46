//! I16: each order is one connected trace, with the spans its outcome demands.

mod demands;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::history::{Completion, History, Operation, Outcome, Place};
use crate::journal::Journal;
use crate::state::{OrdersRows, Part};
use crate::traces::{Span, Trace, Traces};
use crate::verdict::{Claim, Examination, Report};
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
        let operations: BTreeMap<u64, &Operation> = history
            .operations
            .iter()
            .map(|operation| (operation.op(), operation))
            .collect();
        exam.count(traces.traces.len(), "traces");
        exam.count(
            traces.traces.iter().map(|trace| trace.spans.len()).sum(),
            "spans",
        );
        let mut judge = Judge {
            journal,
            exam: &mut exam,
            absent: 0,
            excused: 0,
        };
        for trace in &traces.traces {
            if let Some(operation) = operations.get(&trace.op) {
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

/// Spans whose parent is missing: the service that must have sent it, and what was found. The root is the edge's own
/// span: one without a parent, or one whose parent is the caller's. A retry is a second request of the same caller.
fn disconnected<'a>(trace: &'a Trace, known: &str) -> Vec<(&'a str, String)> {
    let ids: BTreeSet<&str> = trace
        .spans
        .iter()
        .map(|span| span.span_id.as_str())
        .collect();
    let mut roots: BTreeSet<&str> = BTreeSet::new();
    let mut gaps = Vec::new();
    for span in &trace.spans {
        match span.parent_id.as_deref() {
            Some(parent) if ids.contains(parent) => {}
            Some(parent) if parent == known => {
                roots.insert(&span.trace_id);
            }
            Some(parent) => gaps.push((emitter(span), format!("{parent} of {}", named(span)))),
            None if roots.insert(&span.trace_id) => {}
            None => gaps.push((emitter(span), format!("a second root, {}", named(span)))),
        }
    }
    gaps
}

fn named(span: &Span) -> String {
    format!("{} \"{}\"", span.service, span.name)
}

/// Who sent the message or request that this span handles.
fn emitter(span: &Span) -> &str {
    let Some((verb, kind)) = span.name.split_once(' ') else {
        return &span.service;
    };
    if !matches!(verb, "process" | "duplicate" | "project") {
        // An HTTP span: the caller of a service is the gateway; within the gateway it is itself.
        return "gateway";
    }
    match kind.split('.').next().unwrap_or_default() {
        "order" => "orders",
        "stock" | "sku" => "inventory",
        "payment" => "payments",
        "shipment" => "shipping",
        _command => "orchestrator",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;
    use crate::{Run, Verdict};

    fn judged(run: &Run, journal: &Journal) -> Verdict {
        check(&run.history, &run.state.orders, &run.traces, journal).verdict
    }

    fn unbroken() -> Journal {
        Journal::default()
    }

    #[test]
    fn whole_traces_are_valid() {
        assert_eq!(judged(&example::run(), &unbroken()), Verdict::Valid);
    }

    #[test]
    fn a_missing_span_is_named() {
        let mut run = example::run();
        let gone = "process payment.captured";
        example::traces(&mut run).traces[0]
            .spans
            .retain(|span| span.name != gone);
        let Verdict::Invalid(evidence) = judged(&run, &unbroken()) else {
            panic!("must be invalid")
        };
        assert!(
            evidence[0].expected.contains(gone),
            "{}",
            evidence[0].expected
        );
        assert_eq!(evidence[0].place, "orders");
    }

    #[test]
    fn a_missing_span_is_excused_by_a_kill_of_its_process_alone() {
        let mut run = example::run();
        let spans = &mut example::traces(&mut run).traces[0].spans;
        spans.retain(|span| span.name != "process payment.captured");
        assert_eq!(judged(&run, &example::journal()), Verdict::Valid);
        let spans = &mut example::traces(&mut run).traces[0].spans;
        spans.retain(|span| span.name != "process payment.held");
        assert_eq!(judged(&run, &example::journal()).label(), "invalid");
    }

    #[test]
    fn a_trace_that_the_edge_began_is_as_good_as_one_that_the_caller_began() {
        let mut run = example::run();
        example::traces(&mut run).traces[0].spans[0].parent_id = None;
        assert_eq!(judged(&run, &unbroken()), Verdict::Valid);
    }

    #[test]
    fn an_orphan_and_a_second_root_are_invalid() {
        let mut run = example::run();
        example::traces(&mut run).traces[0].spans[3].parent_id = Some("nowhere".into());
        assert_eq!(judged(&run, &unbroken()).label(), "invalid");
        example::traces(&mut run).traces[0].spans[3].parent_id = None;
        assert_eq!(judged(&run, &unbroken()).label(), "invalid");
    }

    #[test]
    fn a_duplicate_must_link_to_the_attempt_that_did_it() {
        let mut run = example::run();
        let spans = &mut example::traces(&mut run).traces[0].spans;
        let mut duplicate = spans[3].clone();
        duplicate.span_id = "again".into();
        duplicate.name = "duplicate order.placed".into();
        duplicate.links = vec![spans[3].span_id.clone()];
        spans.push(duplicate);
        assert_eq!(judged(&run, &unbroken()), Verdict::Valid);
        example::traces(&mut run).traces[0]
            .spans
            .last_mut()
            .expect("a span")
            .links
            .clear();
        assert_eq!(judged(&run, &unbroken()).label(), "invalid");
    }

    #[test]
    fn absent_traces_are_unknown() {
        let mut run = example::run();
        example::traces(&mut run).traces[0].spans.clear();
        assert_eq!(judged(&run, &unbroken()).label(), "unknown");
        run.traces = Part::Read(Traces::default());
        assert_eq!(judged(&run, &unbroken()).label(), "unknown");
        run.traces = Part::default();
        assert_eq!(judged(&run, &unbroken()).label(), "unknown");
    }

    #[test]
    fn a_gap_is_excused_by_a_kill_of_the_service_that_should_have_filled_it() {
        let mut run = example::run();
        let spans = &mut example::traces(&mut run).traces[0].spans;
        let at = spans
            .iter()
            .position(|span| span.name == "process order.placed");
        spans[at.expect("inventory handles it")].parent_id = Some("lost".into());
        let Verdict::Invalid(evidence) = judged(&run, &unbroken()) else {
            panic!("must be invalid")
        };
        assert_eq!(
            evidence[0].found,
            r#"lost of inventory "process order.placed""#
        );
        // Orders sent it, and orders was killed.
        let orders = &run.state.orders;
        let report = check(&run.history, orders, &run.traces, &example::journal());
        assert_eq!(report.verdict, Verdict::Valid);
        assert!(report.examined.contains("1 gaps excused by a kill"));
    }

    #[test]
    fn a_kill_takes_with_it_only_what_was_still_waiting_to_be_sent() {
        let mut run = example::run();
        let spans = &mut example::traces(&mut run).traces[0].spans;
        spans.retain(|span| span.name != "process payment.captured");
        let (_, ended_ms) = run.history.operations[0].window_ms();
        let mut journal = example::journal();
        let killed_at = &mut journal.run[0].receipts[0].at_ms;
        *killed_at = ended_ms + EXPORT_INTERVAL_MS;
        let report = check(&run.history, &run.state.orders, &run.traces, &journal);
        assert_eq!(report.verdict, Verdict::Valid);
        assert!(report.examined.contains("1 gaps excused by a kill"));
        journal.run[0].receipts[0].at_ms += 1;
        assert_eq!(judged(&run, &journal).label(), "invalid");
    }
}
