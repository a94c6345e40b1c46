//! I4: everything that is there was attempted.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::history::{Completion, History, Operation};
use crate::state::FinalState;
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I4",
    title: "nothing was done that nobody asked for",
};

pub fn check(history: &History, state: &FinalState) -> Report {
    let mut exam = Examination::of(CLAIM);
    if let Some(rows) = state.orders.examine("orders", &mut exam) {
        let attempts: BTreeMap<(&str, &str), &Operation> = history
            .placed()
            .map(|placed| {
                let tag = (
                    placed.place.customer.as_str(),
                    placed.place.postcode.as_str(),
                );
                (tag, placed.operation)
            })
            .collect();
        exam.count(rows.orders.len(), "orders");
        for row in &rows.orders {
            let subject = format!("order {}", row.order_id);
            match attempts.get(&(row.customer.as_str(), row.postcode.as_str())) {
                None => exam.wrong(subject, "orders.orders", "no row: nobody asked", "a row"),
                Some(operation) => attempted(operation, row.order_id, subject, &mut exam),
            }
        }
        let known: BTreeSet<Uuid> = rows.orders.iter().map(|row| row.order_id).collect();
        effects_belong_to_orders(state, &known, &mut exam);
    }
    exam.finish()
}

fn attempted(operation: &Operation, found: Uuid, subject: String, exam: &mut Examination) {
    match &operation.completion {
        Completion::Ok { promise, .. } => {
            exam.expect(subject, "orders.orders.order_id", promise.order_id, found);
        }
        Completion::Failed { why, .. } => {
            let expected = format!("no row: op {} was refused ({why})", operation.op());
            exam.wrong(subject, "orders.orders", expected, "a row");
        }
        Completion::Unknown { .. } => {}
    }
}

fn effects_belong_to_orders(state: &FinalState, known: &BTreeSet<Uuid>, exam: &mut Examination) {
    if let Some(rows) = state.inventory.examine("inventory", exam) {
        exam.count(rows.reservations.len(), "reservations");
        let ids = rows.reservations.iter().map(|row| row.order_id);
        orphans(ids, known, "inventory.reservations", exam);
        let moved = rows
            .ledger
            .iter()
            .filter(|row| row.kind != "receipt")
            .map(|row| row.cause);
        orphans(moved, known, "inventory.stock_ledger", exam);
    }
    if let Some(rows) = state.payments.examine("payments", exam) {
        exam.count(rows.payments.len(), "payments");
        let ids = rows.payments.iter().map(|row| row.order_id);
        orphans(ids, known, "payments.payments", exam);
        let moved = rows
            .ledger
            .iter()
            .filter(|row| row.kind != "deposit")
            .map(|row| row.cause);
        orphans(moved, known, "payments.ledger", exam);
    }
    if let Some(rows) = state.shipping.examine("shipping", exam) {
        exam.count(rows.shipments.len(), "shipments");
        let ids = rows.shipments.iter().map(|row| row.order_id);
        orphans(ids, known, "shipping.shipments", exam);
    }
    if let Some(rows) = state.orchestrator.examine("orchestrator", exam) {
        exam.count(rows.sagas.len(), "sagas");
        let ids = rows.sagas.iter().map(|row| row.order_id);
        orphans(ids, known, "orchestrator.sagas", exam);
    }
}

fn orphans(
    ids: impl Iterator<Item = Uuid>,
    known: &BTreeSet<Uuid>,
    place: &str,
    exam: &mut Examination,
) {
    let unknown: BTreeSet<Uuid> = ids.filter(|id| !known.contains(id)).collect();
    for id in unknown {
        exam.wrong(
            format!("order {id}"),
            place,
            "no row: there is no such order",
            "a row",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;

    #[test]
    fn effects_of_attempted_orders_are_valid() {
        let run = example::run();
        assert_eq!(check(&run.history, &run.state).verdict, Verdict::Valid);
    }

    #[test]
    fn an_effect_without_an_order_is_named() {
        let mut run = example::run();
        let stray = Uuid::from_u128(0xdead);
        example::shipping(&mut run).shipments[0].order_id = stray;
        let Verdict::Invalid(evidence) = check(&run.history, &run.state).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].subject, format!("order {stray}"));
        assert_eq!(evidence[0].place, "shipping.shipments");
    }

    #[test]
    fn an_order_that_was_refused_and_is_there_is_invalid() {
        let mut run = example::run();
        run.history.operations[0].completion = Completion::Failed {
            at_us: 0,
            status: Some(422),
            why: "unknown-sku".into(),
        };
        assert_eq!(check(&run.history, &run.state).verdict.label(), "invalid");
    }

    #[test]
    fn databases_that_were_not_read_are_unknown() {
        let run = example::run();
        assert_eq!(
            check(&run.history, &FinalState::default()).verdict.label(),
            "unknown"
        );
    }
}
