//! Says of each piece of evidence which order it is about and in which trace that order was placed.
//!
//! In one place, after the claims were judged: a checker names what it saw, and the history knows who asked for it.

use std::collections::BTreeMap;
use std::str::FromStr;

use uuid::Uuid;

use crate::history::History;
use crate::state::FinalState;
use crate::verdict::{Report, Verdict};

pub fn attribute(reports: &mut [Report], history: &History, state: &FinalState) {
    let is_invalid = |report: &Report| matches!(report.verdict, Verdict::Invalid(_));
    if !reports.iter().any(is_invalid) {
        return;
    }
    let orders = Orders::of(history, state);
    for report in reports {
        let Verdict::Invalid(evidence) = &mut report.verdict else {
            continue;
        };
        for row in evidence {
            row.order_id = orders.named_in(&row.subject);
            let trace_id = row.order_id.and_then(|id| orders.traces.get(&id));
            row.trace_id = trace_id.map(|trace_id| (*trace_id).to_owned());
        }
    }
}

/// Orders by what evidence may call them, and the trace of each.
#[derive(Default)]
struct Orders<'a> {
    by_message: BTreeMap<Uuid, Uuid>,
    by_operation: BTreeMap<u64, Uuid>,
    traces: BTreeMap<Uuid, &'a str>,
}

impl<'a> Orders<'a> {
    /// An order whose answer was lost is recognised by its postcode, which is unique in the run.
    fn of(history: &'a History, state: &FinalState) -> Self {
        let mut orders = Orders::default();
        let entries = state.log.get().into_iter().flat_map(|log| &log.entries);
        for (message_id, order_id) in entries.map(|entry| (entry.message_id, entry.order_id)) {
            orders
                .by_message
                .extend(order_id.map(|it| (message_id, it)));
        }
        let rows = state.orders.get().into_iter().flat_map(|rows| &rows.orders);
        let by_postcode: BTreeMap<&str, Uuid> = rows
            .map(|row| (row.postcode.as_str(), row.order_id))
            .collect();
        for placed in history.placed() {
            let promised = placed.operation.promise().map(|promise| promise.order_id);
            let found = || by_postcode.get(placed.place.postcode.as_str()).copied();
            let Some(order_id) = promised.or_else(found) else {
                continue;
            };
            orders.by_operation.insert(placed.operation.op(), order_id);
            let trace_id = placed.operation.invocation.trace_id.as_str();
            // A simulation traces nothing.
            if !trace_id.is_empty() {
                orders.traces.insert(order_id, trace_id);
            }
        }
        orders
    }

    /// By its own name, or by that of one of its messages, or of the operation that placed it.
    fn named_in(&self, subject: &str) -> Option<Uuid> {
        let by_message = || self.by_message.get(&behind("message ", subject)?);
        let by_operation = || self.by_operation.get(&behind("op ", subject)?);
        behind("order ", subject).or_else(|| by_message().or_else(by_operation).copied())
    }
}

/// The id or number behind a word: `reserve of tea for order 6f1c…, cancelled`.
fn behind<T: FromStr>(word: &str, subject: &str) -> Option<T> {
    let (_, rest) = subject.split_once(word)?;
    let end = rest.find(|c: char| c != '-' && !c.is_ascii_hexdigit());
    rest[..end.unwrap_or(rest.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Completion;
    use crate::verdict::{Claim, Evidence, Examination};
    use crate::{Run, example};

    const CLAIM: Claim = Claim {
        id: "I0",
        title: "example",
    };

    fn attributed(run: &Run, subject: String) -> Evidence {
        let mut exam = Examination::of(CLAIM);
        exam.wrong(subject, "place", 1, 2);
        let mut reports = [exam.finish()];
        attribute(&mut reports, &run.history, &run.state);
        let Verdict::Invalid(evidence) = &reports[0].verdict else {
            panic!("must be invalid")
        };
        evidence[0].clone()
    }

    fn first_order(run: &Run) -> Uuid {
        run.state.orders.get().expect("read").orders[0].order_id
    }

    #[test]
    fn evidence_about_an_order_has_its_trace() {
        let run = example::run();
        let order_id = first_order(&run);
        for subject in [
            format!("order {order_id}"),
            format!("order {order_id}, read with token 2"),
            format!("reserve of tea for order {order_id}"),
            "op 0, trace trace0".to_owned(),
        ] {
            let evidence = attributed(&run, subject);
            assert_eq!(evidence.order_id, Some(order_id));
            assert_eq!(evidence.trace_id.as_deref(), Some("trace0"));
        }
    }

    #[test]
    fn evidence_about_a_message_has_the_trace_of_its_order() {
        let mut run = example::run();
        let message_id = example::log(&mut run).entries[0].message_id;
        let evidence = attributed(&run, format!("message {message_id}, order.placed"));
        assert_eq!(evidence.order_id, Some(first_order(&run)));
        assert_eq!(evidence.trace_id.as_deref(), Some("trace0"));
    }

    #[test]
    fn an_order_whose_answer_was_lost_is_found_by_its_postcode() {
        let mut run = example::run();
        let order_id = first_order(&run);
        run.history.operations[0].completion = Completion::Unknown {
            at_us: 0,
            why: "reset".into(),
        };
        let evidence = attributed(&run, format!("order {order_id}"));
        assert_eq!(evidence.trace_id.as_deref(), Some("trace0"));
    }

    #[test]
    fn what_is_of_no_order_of_the_run_has_no_trace() {
        let run = example::run();
        for subject in ["account r1-customer", "order of words", "message m1"] {
            let evidence = attributed(&run, subject.to_owned());
            assert_eq!((evidence.order_id, evidence.trace_id), (None, None));
        }
    }
}
