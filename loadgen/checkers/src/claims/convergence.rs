//! I8: the read side shows what the write side decided.
//!
//! Judged once, at rest: the bound on how long that may take is that of the run's rest, not one of each order. How far the
//! read side was behind meanwhile is told, by the orders that were seen to end, and decides nothing; whether a read went
//! back or was stale is I9's and I10's to say.

mod lag;

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::history::History;
use crate::state::{OrderRow, OrderViewRows, OrdersRows, Part, ViewRow};
use crate::verdict::{Claim, Examination, Report};
use lag::Lag;

pub const CLAIM: Claim = Claim {
    id: "I8",
    title: "the read side converged",
};

pub fn check(history: &History, orders: &Part<OrdersRows>, view: &Part<OrderViewRows>) -> Report {
    let mut exam = Examination::of(CLAIM);
    let orders = orders.examine("orders", &mut exam);
    let view = view.examine("order_view", &mut exam);
    if let (Some(orders), Some(view)) = (orders, view) {
        exam.count(orders.orders.len(), "orders");
        exam.count(view.orders.len(), "projected rows");
        let mut projected: BTreeMap<Uuid, &ViewRow> =
            view.orders.iter().map(|row| (row.order_id, row)).collect();
        for order in &orders.orders {
            match projected.remove(&order.order_id) {
                Some(row) => same(order, row, &mut exam),
                None => {
                    let subject = format!("order {}", order.order_id);
                    exam.wrong(subject, "order_view.orders", order.outcome(), "no row");
                }
            }
        }
        if let Some(lag) = Lag::of(history, &orders.orders) {
            exam.note(lag.to_string());
        }
        for row in projected.values() {
            let subject = format!("order {}", row.order_id);
            exam.wrong(
                subject,
                "order_view.orders",
                "no row: there is no such order",
                row.status,
            );
        }
    }
    exam.finish()
}

fn same(order: &OrderRow, row: &ViewRow, exam: &mut Examination) {
    let subject = || format!("order {}", order.order_id);
    let reason = |reason: &Option<String>| reason.clone().unwrap_or_else(|| "null".into());
    exam.expect(
        subject(),
        "order_view.orders.status",
        order.status,
        row.status,
    );
    exam.expect(
        subject(),
        "order_view.orders.reason",
        reason(&order.reason),
        reason(&row.reason),
    );
    exam.expect(
        subject(),
        "order_view.orders.version",
        order.version,
        row.version,
    );
    exam.expect(
        subject(),
        "order_view.orders.customer",
        &order.customer,
        &row.customer,
    );
    exam.expect(
        subject(),
        "order_view.orders.coordination",
        &order.coordination,
        &row.coordination,
    );
    exam.expect(
        subject(),
        "order_view.orders.total_minor",
        order.total_minor,
        row.total_minor,
    );
    exam.expect(
        subject(),
        "order_view.orders.placed_at_ms",
        order.placed_at_ms,
        row.placed_at_ms,
    );
    if order.lines != row.lines {
        let shown = |lines| format!("{lines:?}");
        exam.wrong(
            subject(),
            "order_view.orders.lines",
            shown(&order.lines),
            shown(&row.lines),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::{Run, example};

    fn judged(run: &Run) -> Report {
        check(&run.history, &run.state.orders, &run.state.order_view)
    }

    #[test]
    fn an_equal_read_side_is_valid() {
        let run = example::run();
        assert_eq!(judged(&run).verdict, Verdict::Valid);
    }

    #[test]
    fn a_stale_row_is_named() {
        let mut run = example::run();
        let row = &mut example::order_view(&mut run).orders[0];
        row.version -= 1;
        let order_id = row.order_id;
        let Verdict::Invalid(evidence) = judged(&run).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].subject, format!("order {order_id}"));
        assert_eq!(evidence[0].place, "order_view.orders.version");
    }

    #[test]
    fn a_missing_row_is_invalid() {
        let mut run = example::run();
        example::order_view(&mut run).orders.pop();
        assert_eq!(judged(&run).verdict.label(), "invalid");
    }

    #[test]
    fn empty_tables_are_unknown() {
        let (orders, view) = (
            Part::Read(OrdersRows::default()),
            Part::Read(OrderViewRows::default()),
        );
        assert_eq!(
            check(&History::default(), &orders, &view).verdict.label(),
            "unknown"
        );
        assert_eq!(
            check(&History::default(), &Part::default(), &view)
                .verdict
                .label(),
            "unknown"
        );
    }
}
