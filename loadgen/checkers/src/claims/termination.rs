//! I7: nothing is left under way.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::history::Status;
use crate::state::FinalState;
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I7",
    title: "every saga ended",
};

pub fn check(state: &FinalState) -> Report {
    let mut exam = Examination::of(CLAIM);
    let steps = Steps::of(state);
    if let Some(rows) = state.orders.examine("orders", &mut exam) {
        exam.count(rows.orders.len(), "orders");
        for row in rows
            .orders
            .iter()
            .filter(|row| row.status == Status::Placed)
        {
            let found = format!(
                "placed ({}), {}",
                row.coordination,
                steps.reached(row.order_id)
            );
            exam.wrong(
                format!("order {}", row.order_id),
                "orders.orders.status",
                "ended",
                found,
            );
        }
    }
    if let Some(rows) = state.inventory.examine("inventory", &mut exam) {
        exam.count(rows.reservations.len(), "reservations");
        for row in rows
            .reservations
            .iter()
            .filter(|row| row.state == "reserved")
        {
            let place = "inventory.reservations.state";
            exam.wrong(
                format!("order {}", row.order_id),
                place,
                "released or dispatched",
                &row.state,
            );
        }
    }
    if let Some(rows) = state.payments.examine("payments", &mut exam) {
        exam.count(rows.payments.len(), "payments");
        for row in rows.payments.iter().filter(|row| row.state == "held") {
            let place = "payments.payments.state";
            exam.wrong(
                format!("order {}", row.order_id),
                place,
                "released or captured",
                &row.state,
            );
        }
    }
    if let Some(rows) = state.orchestrator.examine("orchestrator", &mut exam) {
        exam.count(rows.sagas.len(), "orchestrated sagas");
        for row in rows.sagas.iter().filter(|row| row.phase != "done") {
            let place = "orchestrator.sagas.phase";
            exam.wrong(format!("order {}", row.order_id), place, "done", &row.phase);
        }
    }
    exam.finish()
}

/// How far an order got, for the evidence.
struct Steps<'a> {
    by_order: BTreeMap<Uuid, Vec<(&'static str, &'a str)>>,
}

impl<'a> Steps<'a> {
    fn of(state: &'a FinalState) -> Self {
        let mut by_order: BTreeMap<Uuid, Vec<_>> = BTreeMap::new();
        if let Some(rows) = state.inventory.get() {
            for row in &rows.reservations {
                by_order
                    .entry(row.order_id)
                    .or_default()
                    .push(("stock", row.state.as_str()));
            }
        }
        if let Some(rows) = state.payments.get() {
            for row in &rows.payments {
                by_order
                    .entry(row.order_id)
                    .or_default()
                    .push(("payment", row.state.as_str()));
            }
        }
        if let Some(rows) = state.shipping.get() {
            for row in &rows.shipments {
                by_order
                    .entry(row.order_id)
                    .or_default()
                    .push(("shipment", row.state.as_str()));
            }
        }
        if let Some(rows) = state.orchestrator.get() {
            for row in &rows.sagas {
                by_order
                    .entry(row.order_id)
                    .or_default()
                    .push(("saga", row.phase.as_str()));
            }
        }
        Self { by_order }
    }

    fn reached(&self, order_id: Uuid) -> String {
        match self.by_order.get(&order_id) {
            Some(steps) => steps
                .iter()
                .map(|(what, state)| format!("{what} {state}"))
                .collect::<Vec<_>>()
                .join(", "),
            None => "no participant has heard of it".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;

    #[test]
    fn ended_sagas_are_valid() {
        assert_eq!(check(&example::run().state).verdict, Verdict::Valid);
    }

    #[test]
    fn a_stuck_saga_is_named_with_its_step() {
        let mut run = example::run();
        example::orders(&mut run).orders[0].status = Status::Placed;
        example::payments(&mut run).payments[0].state = "held".into();
        let Verdict::Invalid(evidence) = check(&run.state).verdict else {
            panic!("must be invalid")
        };
        assert!(
            evidence[0].found.contains("payment held"),
            "{}",
            evidence[0].found
        );
        assert_eq!(evidence.len(), 2);
    }

    #[test]
    fn databases_that_were_not_read_are_unknown() {
        assert_eq!(check(&FinalState::default()).verdict.label(), "unknown");
    }
}
