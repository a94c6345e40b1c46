//! Says of each piece of evidence which order it is about and in which trace that order was placed.
//!
//! In one place, after the claims were judged: a checker names what it saw, and the history knows who asked for it.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::history::History;
use crate::state::FinalState;
use crate::verdict::{Evidence, Report, Verdict};

pub fn attribute(reports: &mut [Report], history: &History, state: &FinalState) {
    let is_invalid = |report: &Report| matches!(report.verdict, Verdict::Invalid(_));
    if !reports.iter().any(is_invalid) {
        return;
    }
    let (orders, traces) = (orders_by_message(state), traces_by_order(history, state));
    for report in reports {
        let Verdict::Invalid(evidence) = &mut report.verdict else {
            continue;
        };
        for row in evidence {
            row.order_id = order_of(row, &orders);
            let trace_id = row.order_id.and_then(|id| traces.get(&id));
            row.trace_id = trace_id.map(|trace_id| (*trace_id).to_owned());
        }
    }
}

/// By its own name, or by that of one of its messages.
fn order_of(row: &Evidence, orders: &BTreeMap<Uuid, Uuid>) -> Option<Uuid> {
    id_after("order ", &row.subject).or_else(|| {
        let message_id = id_after("message ", &row.subject)?;
        orders.get(&message_id).copied()
    })
}

/// The id behind a word: `reserve of tea for order 6f1c…, cancelled`.
fn id_after(word: &str, subject: &str) -> Option<Uuid> {
    let (_, rest) = subject.split_once(word)?;
    let end = rest.find(|c: char| c != '-' && !c.is_ascii_hexdigit());
    rest[..end.unwrap_or(rest.len())].parse().ok()
}

fn orders_by_message(state: &FinalState) -> BTreeMap<Uuid, Uuid> {
    let entries = state.log.get().into_iter().flat_map(|log| &log.entries);
    entries
        .filter_map(|entry| Some((entry.message_id, entry.order_id?)))
        .collect()
}

/// An order whose answer was lost is recognised by its postcode, which is unique in the run.
fn traces_by_order<'a>(history: &'a History, state: &FinalState) -> BTreeMap<Uuid, &'a str> {
    let rows = state.orders.get().into_iter().flat_map(|rows| &rows.orders);
    let by_postcode: BTreeMap<&str, Uuid> = rows
        .map(|row| (row.postcode.as_str(), row.order_id))
        .collect();
    let placed = history.placed().filter_map(|placed| {
        let promised = placed.operation.promise().map(|promise| promise.order_id);
        let found = || by_postcode.get(placed.place.postcode.as_str()).copied();
        let trace_id = placed.operation.invocation.trace_id.as_str();
        Some((promised.or_else(found)?, trace_id)).filter(|_| !trace_id.is_empty())
    });
    placed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Completion;
    use crate::verdict::{Claim, Examination};
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
