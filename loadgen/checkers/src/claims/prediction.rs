//! I19: orders end as their data says: refused for the reason that was provoked, or confirmed.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::history::{Completion, History, Outcome, Placed};
use crate::state::{OrderRow, OrdersRows, Part};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I19",
    title: "orders ended as predicted",
};

pub fn check(history: &History, orders: &Part<OrdersRows>) -> Report {
    let mut exam = Examination::of(CLAIM);
    if let Some(rows) = orders.examine("orders", &mut exam) {
        let by_id: BTreeMap<Uuid, &OrderRow> =
            rows.orders.iter().map(|row| (row.order_id, row)).collect();
        let mut judged = Judged::default();
        for placed in history.placed() {
            let Completion::Ok { promise, .. } = &placed.operation.completion else {
                continue;
            };
            if let Some(row) = by_id.get(&promise.order_id)
                && row.status.is_terminal()
            {
                judged.order(&placed, row, &mut exam);
                if history.is_loaded(placed.operation) {
                    judged.provoked(&placed, row);
                }
            }
        }
        judged.finish(&mut exam);
    }
    exam.finish()
}

#[derive(Default)]
struct Judged {
    orders: usize,
    overtaken: usize,
    provoked: BTreeSet<Outcome>,
    seen: BTreeSet<Outcome>,
}

impl Judged {
    fn order(&mut self, placed: &Placed<'_>, row: &OrderRow, exam: &mut Examination) {
        self.orders += 1;
        let allowed = &placed.place.allowed;
        if allowed.contains(&row.outcome()) {
            return;
        }
        if row.was_overtaken_by_its_deadline() {
            self.overtaken += 1;
        } else {
            let expected = allowed
                .iter()
                .map(Outcome::to_string)
                .collect::<Vec<_>>()
                .join(" or ");
            let subject = format!("order {} (op {})", row.order_id, placed.operation.op());
            exam.wrong(subject, "orders.orders.status", expected, row.outcome());
        }
    }

    /// By the load: what only the warm-up provoked was not seen under it.
    fn provoked(&mut self, placed: &Placed<'_>, row: &OrderRow) {
        let allowed = &placed.place.allowed;
        if let [only] = allowed.as_slice() {
            self.provoked.insert(only.clone());
        }
        if allowed.contains(&row.outcome()) {
            self.seen.insert(row.outcome());
        }
    }

    fn finish(self, exam: &mut Examination) {
        exam.count(self.orders, "orders");
        exam.note(format!("{} provoked outcomes", self.provoked.len()));
        exam.note(format!("{} overtaken by their deadline", self.overtaken));
        for outcome in self.provoked.difference(&self.seen) {
            exam.unknown(format!("{outcome} was provoked and never seen"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;
    use crate::history::Status;

    #[test]
    fn outcomes_as_predicted_are_valid() {
        let run = example::run();
        assert_eq!(
            check(&run.history, &run.state.orders).verdict,
            Verdict::Valid
        );
    }

    #[test]
    fn another_refusal_than_the_provoked_one_is_named() {
        let mut run = example::run();
        let row = &mut example::orders(&mut run).orders[1];
        row.reason = Some("out_of_stock".into());
        let order_id = row.order_id;
        let Verdict::Invalid(evidence) = check(&run.history, &run.state.orders).verdict else {
            panic!("must be invalid")
        };
        assert!(evidence[0].subject.contains(&order_id.to_string()));
        assert_eq!(evidence[0].expected, "rejected/not_serviceable");
        assert_eq!(evidence[0].found, "rejected/out_of_stock");
    }

    #[test]
    fn a_refusal_that_only_deadlines_overtook_was_not_seen() {
        let mut run = example::run();
        let row = &mut example::orders(&mut run).orders[1];
        (row.status, row.reason) = (Status::Cancelled, Some("deadline".into()));
        assert_eq!(
            check(&run.history, &run.state.orders).verdict.label(),
            "unknown"
        );
    }

    #[test]
    fn a_refusal_that_only_the_warm_up_met_was_not_seen() {
        let mut run = example::run();
        let mut refused = run.history.operations[1].clone();
        refused.invocation.op = 4;
        let mut row = example::orders(&mut run).orders[1].clone();
        row.order_id = Uuid::from_u128(5);
        (row.status, row.reason) = (Status::Cancelled, Some("deadline".into()));
        if let Completion::Ok { promise, .. } = &mut refused.completion {
            promise.order_id = row.order_id;
        }
        run.history.operations.push(refused);
        example::orders(&mut run).orders.push(row);
        let label = |run: &crate::Run| check(&run.history, &run.state.orders).verdict.label();
        assert_eq!(label(&run), "valid");
        run.history.setup.warm_up_ops = 2;
        assert_eq!(label(&run), "unknown");
    }

    #[test]
    fn a_run_without_orders_is_unknown() {
        let orders = Part::Read(OrdersRows::default());
        assert_eq!(
            check(&History::default(), &orders).verdict.label(),
            "unknown"
        );
    }

    #[test]
    fn only_a_cancel_and_only_by_the_deadline_overtakes_what_was_predicted() {
        let judged = |status, reason: &str| {
            let mut run = example::run();
            let row = &mut example::orders(&mut run).orders[1];
            (row.status, row.reason) = (status, Some(reason.into()));
            check(&run.history, &run.state.orders)
        };
        let overtaken = judged(Status::Cancelled, "deadline");
        assert!(overtaken.examined.contains("1 overtaken by their deadline"));
        for (status, reason) in [
            (Status::Cancelled, "customer"),
            (Status::Rejected, "deadline"),
        ] {
            assert_eq!(
                judged(status, reason).verdict.label(),
                "invalid",
                "{reason}"
            );
        }
    }
}
