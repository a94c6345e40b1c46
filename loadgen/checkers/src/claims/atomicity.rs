//! I6: confirmed with every effect, or ended with every effect undone exactly once.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::history::Status;
use crate::state::{FinalState, InventoryRows, OrderRow, PaymentsRows, ShippingRows};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I6",
    title: "all of an order, or nothing of it",
};

/// What one participant's tables say of one order. The state is checked too, but the ledger decides.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Effect<'a> {
    state: Option<&'a str>,
    done: usize,
    undone: usize,
    finished: usize,
}

pub fn check(state: &FinalState) -> Report {
    let mut exam = Examination::of(CLAIM);
    let orders = state.orders.examine("orders", &mut exam);
    let inventory = state.inventory.examine("inventory", &mut exam);
    let payments = state.payments.examine("payments", &mut exam);
    let shipping = state.shipping.examine("shipping", &mut exam);
    if let (Some(orders), Some(inventory), Some(payments), Some(shipping)) =
        (orders, inventory, payments, shipping)
    {
        let stock = stock(inventory);
        let money = money(payments);
        let shipments = shipments(shipping);
        let (mut confirmed, mut undone) = (0, 0);
        for order in &orders.orders {
            let id = order.order_id;
            let stock = stock.get(&id).copied().unwrap_or_default();
            let money = money.get(&id).copied().unwrap_or_default();
            let shipment = shipments.get(&id).copied();
            match order.status {
                Status::Confirmed => {
                    confirmed += 1;
                    all(order, stock, money, shipment, &mut exam);
                }
                Status::Rejected | Status::Cancelled => {
                    undone += 1;
                    nothing(order, stock, money, shipment, &mut exam);
                }
                // I7 names it.
                Status::Placed => {}
            }
        }
        exam.count(confirmed, "confirmed orders");
        exam.count(undone, "rejected or cancelled orders");
        exam.count(
            inventory.ledger.len() + payments.ledger.len(),
            "ledger rows",
        );
    }
    exam.finish()
}

fn all(
    order: &OrderRow,
    stock: Effect<'_>,
    money: Effect<'_>,
    shipment: Option<&str>,
    exam: &mut Examination,
) {
    let subject = || format!("order {}, confirmed", order.order_id);
    let shown = |state: Option<&str>| state.unwrap_or("no row").to_owned();
    let lines = order
        .lines
        .iter()
        .map(|line| &line.sku)
        .collect::<BTreeSet<_>>()
        .len();
    exam.expect(
        subject(),
        "inventory.reservations.state",
        "dispatched".into(),
        shown(stock.state),
    );
    exam.expect(
        subject(),
        "inventory.stock_ledger, reserve rows",
        lines,
        stock.done,
    );
    exam.expect(
        subject(),
        "inventory.stock_ledger, dispatch rows",
        lines,
        stock.finished,
    );
    exam.expect(
        subject(),
        "inventory.stock_ledger, release rows",
        0,
        stock.undone,
    );
    exam.expect(
        subject(),
        "payments.payments.state",
        "captured".into(),
        shown(money.state),
    );
    exam.expect(subject(), "payments.ledger, hold rows", 2, money.done);
    exam.expect(
        subject(),
        "payments.ledger, capture rows",
        2,
        money.finished,
    );
    exam.expect(subject(), "payments.ledger, release rows", 0, money.undone);
    exam.expect(
        subject(),
        "shipping.shipments.state",
        "arranged".into(),
        shown(shipment),
    );
}

fn nothing(
    order: &OrderRow,
    stock: Effect<'_>,
    money: Effect<'_>,
    shipment: Option<&str>,
    exam: &mut Examination,
) {
    let subject = || format!("order {}, {}", order.order_id, order.outcome());
    let mut not_left = |place: &str, state: Option<&str>, left: [&str; 2]| {
        if let Some(state) = state
            && left.contains(&state)
        {
            exam.wrong(subject(), place, "undone or never done", state);
        }
    };
    not_left(
        "inventory.reservations.state",
        stock.state,
        ["reserved", "dispatched"],
    );
    not_left("payments.payments.state", money.state, ["held", "captured"]);
    not_left(
        "shipping.shipments.state",
        shipment,
        ["arranged", "arranged"],
    );
    let reserved = "inventory.stock_ledger, release rows for its reserve rows";
    exam.expect(subject(), reserved, stock.done, stock.undone);
    exam.expect(
        subject(),
        "inventory.stock_ledger, dispatch rows",
        0,
        stock.finished,
    );
    let held = "payments.ledger, release rows for its hold rows";
    exam.expect(subject(), held, money.done, money.undone);
    exam.expect(
        subject(),
        "payments.ledger, capture rows",
        0,
        money.finished,
    );
}

fn stock(rows: &InventoryRows) -> BTreeMap<Uuid, Effect<'_>> {
    let mut effects: BTreeMap<Uuid, Effect<'_>> = BTreeMap::new();
    for row in &rows.reservations {
        effects.entry(row.order_id).or_default().state = Some(&row.state);
    }
    for row in &rows.ledger {
        let effect = effects.entry(row.cause).or_default();
        match row.kind.as_str() {
            "reserve" => effect.done += 1,
            "release" => effect.undone += 1,
            "dispatch" => effect.finished += 1,
            _receipt => {}
        }
    }
    effects
}

fn money(rows: &PaymentsRows) -> BTreeMap<Uuid, Effect<'_>> {
    let mut effects: BTreeMap<Uuid, Effect<'_>> = BTreeMap::new();
    for row in &rows.payments {
        effects.entry(row.order_id).or_default().state = Some(&row.state);
    }
    for row in &rows.ledger {
        let effect = effects.entry(row.cause).or_default();
        match row.kind.as_str() {
            "hold" => effect.done += 1,
            "release" => effect.undone += 1,
            "capture" => effect.finished += 1,
            _deposit => {}
        }
    }
    effects
}

fn shipments(rows: &ShippingRows) -> BTreeMap<Uuid, &str> {
    rows.shipments
        .iter()
        .map(|row| (row.order_id, row.state.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;

    #[test]
    fn whole_orders_and_undone_orders_are_valid() {
        assert_eq!(check(&example::run().state).verdict, Verdict::Valid);
    }

    #[test]
    fn a_confirmed_order_without_its_capture_is_named() {
        let mut run = example::run();
        example::payments(&mut run)
            .ledger
            .retain(|row| row.kind != "capture");
        let Verdict::Invalid(evidence) = check(&run.state).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].place, "payments.ledger, capture rows");
    }

    #[test]
    fn a_rejected_order_that_keeps_its_stock_is_named() {
        let mut run = example::run();
        let inventory = example::inventory(&mut run);
        inventory.ledger.retain(|row| row.kind != "release");
        for row in &mut inventory.reservations {
            if row.state == "released" {
                row.state = "reserved".into();
            }
        }
        let Verdict::Invalid(evidence) = check(&run.state).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].place, "inventory.reservations.state");
        assert_eq!(evidence[0].found, "reserved");
    }

    #[test]
    fn a_cancelled_order_with_a_shipment_is_invalid() {
        let mut run = example::run();
        for shipment in &mut example::shipping(&mut run).shipments {
            shipment.state = "arranged".into();
        }
        assert_eq!(check(&run.state).verdict.label(), "invalid");
    }

    #[test]
    fn one_database_unread_is_unknown() {
        let mut run = example::run();
        run.state.shipping = Default::default();
        assert_eq!(check(&run.state).verdict.label(), "unknown");
    }
}
