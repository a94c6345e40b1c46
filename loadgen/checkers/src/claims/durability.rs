//! I3: what was acknowledged is there, ended, and ended as it was shown.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::history::{Action, Completion, History, Placed, Status};
use crate::state::{OrderRow, OrdersRows, Part};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I3",
    title: "no acknowledged order is lost",
};

pub fn check(history: &History, orders: &Part<OrdersRows>) -> Report {
    let mut exam = Examination::of(CLAIM);
    if let Some(rows) = orders.examine("orders", &mut exam) {
        let by_id: BTreeMap<Uuid, &OrderRow> =
            rows.orders.iter().map(|row| (row.order_id, row)).collect();
        let by_tag: BTreeMap<(&str, &str), &OrderRow> = rows
            .orders
            .iter()
            .map(|row| ((row.customer.as_str(), row.postcode.as_str()), row))
            .collect();
        let (mut acknowledged, mut uncertain) = (0, 0);
        for placed in history.placed() {
            match &placed.operation.completion {
                Completion::Ok { promise, .. } => {
                    acknowledged += 1;
                    promised(
                        &placed,
                        by_id.get(&promise.order_id).copied(),
                        promise.order_id,
                        &mut exam,
                    );
                }
                Completion::Unknown { .. } => {
                    uncertain += 1;
                    let tag = (
                        placed.place.customer.as_str(),
                        placed.place.postcode.as_str(),
                    );
                    if let Some(row) = by_tag.get(&tag) {
                        ended(row, "terminal or absent", &mut exam);
                    }
                }
                // I4 looks for orders that were refused and are there all the same.
                Completion::Failed { .. } => {}
            }
        }
        exam.count(acknowledged, "acknowledged orders");
        exam.count(uncertain, "orders of unknown outcome");
        refused_cancels(history, &by_id, &mut exam);
        every_kind_succeeded(history, &mut exam);
    }
    exam.finish()
}

fn promised(placed: &Placed<'_>, row: Option<&OrderRow>, order_id: Uuid, exam: &mut Examination) {
    let Some(row) = row else {
        let subject = format!("order {order_id} (op {})", placed.operation.op());
        return exam.wrong(
            subject,
            "orders.orders",
            "a row: it was acknowledged",
            "none",
        );
    };
    if !ended(row, "a terminal state", exam) {
        return;
    }
    if let Some(terminal) = &placed.operation.terminal {
        let subject = format!("order {order_id}, shown as ended");
        exam.expect(
            subject,
            "orders.orders.status",
            terminal.outcome.clone(),
            row.outcome(),
        );
    }
}

fn ended(row: &OrderRow, expected: &str, exam: &mut Examination) -> bool {
    let ended = row.status.is_terminal();
    if !ended {
        exam.wrong(
            format!("order {}", row.order_id),
            "orders.orders.status",
            expected,
            row.status,
        );
    }
    ended
}

/// "Past the pivot" is a promise too: such an order is confirmed.
fn refused_cancels(history: &History, by_id: &BTreeMap<Uuid, &OrderRow>, exam: &mut Examination) {
    let mut refused = 0;
    for operation in &history.operations {
        let Action::Cancel { order_id, .. } = operation.invocation.action else {
            continue;
        };
        if !operation.was_refused_past_the_pivot() {
            continue;
        }
        refused += 1;
        if let Some(row) = by_id.get(&order_id) {
            let subject = format!("order {order_id}, cancel refused past the pivot");
            exam.expect(
                subject,
                "orders.orders.status",
                Status::Confirmed,
                row.status,
            );
        }
    }
    exam.count(refused, "refused cancels");
}

/// A kind of operation that never once got a definite answer has tested nothing, and a load without one order neither.
/// The warm-up does not count: no run begins before it has succeeded.
fn every_kind_succeeded(history: &History, exam: &mut Examination) {
    let mut kinds: BTreeMap<&str, bool> = [("place", false)].into();
    for operation in history.loaded() {
        let kind = match operation.invocation.action {
            Action::Place(_) => "place",
            Action::Cancel { .. } => "cancel",
            Action::Read { .. } => "read",
        };
        let answered = operation.promise().is_some() || operation.was_refused_past_the_pivot();
        *kinds.entry(kind).or_default() |= answered;
    }
    for (kind, succeeded) in kinds {
        if !succeeded {
            exam.unknown(format!("no {kind} operation of the load ever succeeded"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;

    #[test]
    fn acknowledged_orders_that_ended_are_valid() {
        let run = example::run();
        assert_eq!(
            check(&run.history, &run.state.orders).verdict,
            Verdict::Valid
        );
    }

    #[test]
    fn a_lost_order_is_named() {
        let mut run = example::run();
        let lost = example::orders(&mut run).orders.remove(0);
        let Verdict::Invalid(evidence) = check(&run.history, &run.state.orders).verdict else {
            panic!("must be invalid")
        };
        assert!(evidence[0].subject.contains(&lost.order_id.to_string()));
    }

    #[test]
    fn an_order_of_unknown_outcome_may_be_absent_but_not_stuck() {
        let mut run = example::run();
        run.history.operations[0].completion = Completion::Unknown {
            at_us: 0,
            why: "reset".into(),
        };
        run.history.operations[0].terminal = None;
        let report = check(&run.history, &run.state.orders);
        assert_eq!(report.verdict, Verdict::Valid);
        let examined = "2 acknowledged orders, 1 orders of unknown outcome";
        assert!(report.examined.contains(examined), "{}", report.examined);
        example::orders(&mut run).orders[0].status = Status::Placed;
        assert_eq!(
            check(&run.history, &run.state.orders).verdict.label(),
            "invalid"
        );
        example::orders(&mut run).orders.remove(0);
        assert_eq!(
            check(&run.history, &run.state.orders).verdict,
            Verdict::Valid
        );
    }

    #[test]
    fn an_order_that_ends_otherwise_than_shown_is_invalid() {
        let mut run = example::run();
        example::orders(&mut run).orders[0].status = Status::Cancelled;
        assert_eq!(
            check(&run.history, &run.state.orders).verdict.label(),
            "invalid"
        );
    }

    #[test]
    fn a_run_without_one_acknowledgement_is_unknown() {
        let mut run = example::run();
        for operation in &mut run.history.operations {
            operation.completion = Completion::Unknown {
                at_us: 0,
                why: "timeout".into(),
            };
        }
        assert_eq!(
            check(&run.history, &run.state.orders).verdict.label(),
            "unknown"
        );
        assert_eq!(
            check(&run.history, &Part::default()).verdict.label(),
            "unknown"
        );
    }

    #[test]
    fn a_cancel_refused_past_the_pivot_promises_a_confirmation() {
        let mut run = example::run();
        run.history.operations[3].completion = Completion::Failed {
            at_us: 0,
            status: Some(409),
            why: "past the pivot".into(),
        };
        let Verdict::Invalid(evidence) = check(&run.history, &run.state.orders).verdict else {
            panic!("must be invalid")
        };
        assert!(evidence[0].subject.ends_with("past the pivot"));
        let row = &mut example::orders(&mut run).orders[2];
        (row.status, row.reason) = (Status::Confirmed, None);
        run.history.operations[2].terminal = None;
        let report = check(&run.history, &run.state.orders);
        assert_eq!(report.verdict, Verdict::Valid);
        assert!(report.examined.contains("1 refused cancels"));
    }
}
