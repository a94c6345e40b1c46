//! The spans that the flow of an order must have left.

use std::collections::BTreeSet;

use crate::history::{Outcome, Status};
use crate::traces::Trace;

/// (service, span name)
pub type Demand = (&'static str, &'static str);

/// The demanded spans that a trace lacks.
pub fn missing(trace: &Trace, coordination: &str, outcome: &Outcome) -> Vec<Demand> {
    let there: BTreeSet<(&str, &str)> = trace
        .spans
        .iter()
        .map(|span| (span.service.as_str(), span.name.as_str()))
        .collect();
    let mut demands = demanded(coordination, outcome);
    demands.retain(|demand| !there.contains(demand));
    demands
}

/// What the flow of an order must have left, by how it was coordinated and how it ended.
pub fn demanded(coordination: &str, outcome: &Outcome) -> Vec<Demand> {
    let mut demands: Vec<Demand> = vec![
        ("gateway", "POST /orders"),
        ("orders", "POST /orders"),
        ("order-view", "project order.placed"),
    ];
    let steps: &[Demand] = match (coordination, outcome.status, outcome.reason.as_deref()) {
        ("choreography", Status::Confirmed, _) => &[
            ("inventory", "process order.placed"),
            ("payments", "process stock.reserved"),
            ("shipping", "process payment.held"),
            ("payments", "process shipment.arranged"),
            ("inventory", "process shipment.arranged"),
            ("orders", "process shipment.arranged"),
            ("orders", "process payment.captured"),
            ("orders", "process stock.dispatched"),
            ("order-view", "project order.confirmed"),
        ],
        ("orchestration", Status::Confirmed, _) => &[
            ("orchestrator", "process order.placed"),
            ("inventory", "process inventory.reserve"),
            ("orchestrator", "process stock.reserved"),
            ("payments", "process payments.hold"),
            ("orchestrator", "process payment.held"),
            ("shipping", "process shipping.arrange"),
            ("orchestrator", "process shipment.arranged"),
            ("payments", "process payments.capture"),
            ("inventory", "process inventory.dispatch"),
            ("orchestrator", "process payment.captured"),
            ("orchestrator", "process stock.dispatched"),
            ("orders", "process orders.confirm"),
            ("orchestrator", "process order.confirmed"),
            ("order-view", "project order.confirmed"),
        ],
        ("choreography", Status::Rejected, Some("out_of_stock")) => &[
            ("inventory", "process order.placed"),
            ("orders", "process stock.rejected"),
            ("order-view", "project order.rejected"),
        ],
        ("choreography", Status::Rejected, Some("insufficient_funds" | "account_blocked")) => &[
            ("inventory", "process order.placed"),
            ("payments", "process stock.reserved"),
            ("inventory", "process payment.rejected"),
            ("orders", "process payment.rejected"),
            ("order-view", "project order.rejected"),
        ],
        ("choreography", Status::Rejected, Some("not_serviceable")) => &[
            ("inventory", "process order.placed"),
            ("payments", "process stock.reserved"),
            ("shipping", "process payment.held"),
            ("inventory", "process shipment.rejected"),
            ("payments", "process shipment.rejected"),
            ("orders", "process shipment.rejected"),
            ("order-view", "project order.rejected"),
        ],
        ("orchestration", Status::Rejected, Some("out_of_stock")) => &[
            ("orchestrator", "process order.placed"),
            ("inventory", "process inventory.reserve"),
            ("orchestrator", "process stock.rejected"),
            ("orders", "process orders.reject"),
            ("order-view", "project order.rejected"),
        ],
        ("orchestration", Status::Rejected, Some("insufficient_funds" | "account_blocked")) => &[
            ("orchestrator", "process order.placed"),
            ("inventory", "process inventory.reserve"),
            ("payments", "process payments.hold"),
            ("orchestrator", "process payment.rejected"),
            ("inventory", "process inventory.release"),
            ("orders", "process orders.reject"),
            ("order-view", "project order.rejected"),
        ],
        ("orchestration", Status::Rejected, Some("not_serviceable")) => &[
            ("orchestrator", "process order.placed"),
            ("inventory", "process inventory.reserve"),
            ("payments", "process payments.hold"),
            ("shipping", "process shipping.arrange"),
            ("orchestrator", "process shipment.rejected"),
            ("payments", "process payments.release"),
            ("inventory", "process inventory.release"),
            ("orders", "process orders.reject"),
            ("order-view", "project order.rejected"),
        ],
        // The deadline asks from outside of any request; where its spans hang is its own affair.
        (_, Status::Cancelled, Some("customer")) => &[("order-view", "project order.cancelled")],
        _ => &[],
    };
    demands.extend_from_slice(steps);
    demands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard_by(coordination: &str, outcome: &Outcome) -> BTreeSet<&'static str> {
        demanded(coordination, outcome)
            .into_iter()
            .filter(|(_, name)| name.starts_with("process "))
            .map(|(service, _)| service)
            .collect()
    }

    #[test]
    fn a_saga_is_heard_by_all_who_took_part_in_it_and_by_no_other() {
        let rejected = Outcome::rejected;
        let steps = [
            (rejected("out_of_stock"), vec!["inventory"]),
            (
                rejected("insufficient_funds"),
                vec!["inventory", "payments"],
            ),
            (rejected("account_blocked"), vec!["inventory", "payments"]),
            (
                rejected("not_serviceable"),
                vec!["inventory", "payments", "shipping"],
            ),
            (
                Outcome::confirmed(),
                vec!["inventory", "payments", "shipping"],
            ),
        ];
        for (outcome, participants) in steps {
            let mut all: BTreeSet<&str> = participants.into_iter().chain(["orders"]).collect();
            assert_eq!(heard_by("choreography", &outcome), all, "{outcome}");
            all.insert("orchestrator");
            assert_eq!(heard_by("orchestration", &outcome), all, "{outcome}");
        }
    }

    #[test]
    fn a_customers_cancel_is_projected_and_a_deadlines_may_hang_elsewhere() {
        let projected = ("order-view", "project order.cancelled");
        for coordination in ["choreography", "orchestration"] {
            let of = |reason| demanded(coordination, &Outcome::cancelled(reason));
            assert!(of("customer").contains(&projected));
            assert!(!of("deadline").contains(&projected));
        }
    }
}
