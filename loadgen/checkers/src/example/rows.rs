//! The rows that an order of the example leaves in each database.

use uuid::Uuid;

use super::doors::{inventory, order_view, orders, part, payments, shipping};
use super::{CUSTOMER, QUANTITY, SKU, TOTAL_MINOR, ended_ms, order_id};
use crate::Run;
use crate::history::{OrderLine, Outcome, Status};
use crate::state::*;

pub fn effects(run: &mut Run, id: Uuid, outcome: &Outcome) {
    stock(run, id, "reserve");
    pay(run, id, "hold", "available", "held", TOTAL_MINOR);
    if outcome.status == Status::Confirmed {
        stock(run, id, "dispatch");
        pay(run, id, "capture", "held", "captured", TOTAL_MINOR);
    } else {
        stock(run, id, "release");
        pay(run, id, "release", "held", "available", TOTAL_MINOR);
    }
}

pub fn rows(run: &mut Run, op: u64, coordination: &str, outcome: &Outcome) {
    let order_id = order_id(op);
    let lines = vec![PricedLine {
        sku: SKU.into(),
        quantity: QUANTITY,
        unit_price_minor: 10,
    }];
    let confirmed = outcome.status == Status::Confirmed;
    let state = |yes: &str, no: &str| {
        if confirmed {
            yes.to_owned()
        } else {
            no.to_owned()
        }
    };
    inventory(run).reservations.push(ReservationRow {
        order_id,
        state: state("dispatched", "released"),
        lines: vec![OrderLine {
            sku: SKU.into(),
            quantity: QUANTITY,
        }],
    });
    payments(run).payments.push(PaymentRow {
        order_id,
        customer: CUSTOMER.into(),
        amount_minor: TOTAL_MINOR,
        state: state("captured", "released"),
    });
    shipping(run).shipments.push(ShipmentRow {
        order_id,
        state: state("arranged", "voided"),
    });
    order_view(run).orders.push(ViewRow {
        order_id,
        customer: CUSTOMER.into(),
        status: outcome.status,
        reason: outcome.reason.clone(),
        coordination: coordination.into(),
        version: 2,
        total_minor: TOTAL_MINOR,
        lines: lines.clone(),
        placed_at_ms: 7,
    });
    orders(run).orders.push(OrderRow {
        order_id,
        customer: CUSTOMER.into(),
        status: outcome.status,
        reason: outcome.reason.clone(),
        coordination: coordination.into(),
        version: 2,
        total_minor: TOTAL_MINOR,
        lines,
        postcode: op.to_string(),
        placed_at_ms: 7,
        terminal_at_ms: Some(ended_ms(op) as i64),
    });
    *orders(run)
        .totals
        .entry(outcome.status.to_string())
        .or_default() += 1;
    *order_view(run)
        .totals
        .entry(outcome.status.to_string())
        .or_default() += 1;
    *inventory(run)
        .totals
        .entry(state("dispatched", "released"))
        .or_default() += 1;
    *payments(run)
        .totals
        .entry(state("captured", "released"))
        .or_default() += 1;
    *shipping(run)
        .totals
        .entry(state("arranged", "voided"))
        .or_default() += 1;
    if coordination == "orchestration" {
        part(&mut run.state.orchestrator).sagas.push(SagaRow {
            order_id,
            phase: "done".into(),
        });
        *part(&mut run.state.orchestrator)
            .totals
            .entry("done".into())
            .or_default() += 1;
    }
}

pub fn pay(run: &mut Run, cause: Uuid, kind: &str, from: &str, to: &str, amount_minor: i64) {
    for (account, amount_minor) in [(from, -amount_minor), (to, amount_minor)] {
        payments(run).ledger.push(LedgerRow {
            cause,
            kind: kind.into(),
            account: account.into(),
            customer: CUSTOMER.into(),
            amount_minor,
        });
    }
}

fn stock(run: &mut Run, cause: Uuid, kind: &str) {
    let row = StockLedgerRow {
        cause,
        kind: kind.into(),
        sku: SKU.into(),
        quantity: QUANTITY,
    };
    inventory(run).ledger.push(row);
}
