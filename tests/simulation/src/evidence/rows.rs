//! The rows of each database, as a reader of the real ones would find them.

use crate::{store::Content, system::System};
use checkers::{
    history::{OrderLine, Status},
    state::{
        AccountRow, InventoryRows, LedgerRow, Mailbox, OrchestratorRows, OrderRow, OrderViewRows,
        OrdersRows, OutboxRow, PaymentRow, PaymentsRows, PriceRow, PricedLine, ReservationRow,
        SagaRow, ShipmentRow, ShippingRows, SkuRow, StockLedgerRow, ViewRow,
    },
};
use orders_contract::{Line, Reason};
use payments_core::state::Payment;

pub(super) fn orders(system: &System) -> OrdersRows {
    system.orders.read(|content| {
        let rows = content.tables.0.orders.iter().map(|(id, order)| OrderRow {
            order_id: id.0,
            customer: order.facts.customer.to_string(),
            status: word(order.status),
            reason: order.reason.map(reason),
            coordination: order.coordination.to_string(),
            version: order.version,
            total_minor: order.facts.total_minor,
            lines: priced(&order.facts.lines),
            postcode: String::from(order.facts.ship_to.postcode.clone()),
            placed_at_ms: order.placed_at_ms,
            terminal_at_ms: order.terminal_at_ms,
        });
        let catalogue = content.tables.0.catalogue.iter();
        let catalogue = catalogue.map(|(sku, price)| PriceRow {
            sku: sku.to_string(),
            unit_price_minor: price.unit_price_minor,
            version: price.version,
        });
        OrdersRows {
            orders: rows.collect(),
            catalogue: catalogue.collect(),
            mailbox: mailbox(content),
            ..OrdersRows::default()
        }
    })
}

pub(super) fn inventory(system: &System) -> InventoryRows {
    system.inventory.read(|content| {
        let state = &content.tables.state;
        let skus = state.skus.iter().map(|(sku, stock)| SkuRow {
            sku: sku.to_string(),
            on_hand: stock.on_hand,
            reserved: stock.reserved,
            shipped: stock.shipped,
        });
        let prices = state.skus.iter().map(|(sku, stock)| PriceRow {
            sku: sku.to_string(),
            unit_price_minor: stock.unit_price_minor,
            version: stock.price_version,
        });
        let reservations = state.reservations.iter().map(|(id, reservation)| {
            let lines = reservation.picks().iter().map(|pick| OrderLine {
                sku: pick.sku.to_string(),
                quantity: pick.quantity,
            });
            ReservationRow {
                order_id: id.0,
                state: reservation.label().to_owned(),
                lines: lines.collect(),
            }
        });
        let ledger = content.tables.ledger.iter();
        let ledger = ledger.map(|((cause, kind, sku), quantity)| StockLedgerRow {
            cause: *cause,
            kind: (*kind).to_owned(),
            sku: sku.to_string(),
            quantity: *quantity,
        });
        InventoryRows {
            skus: skus.collect(),
            prices: prices.collect(),
            reservations: reservations.collect(),
            ledger: ledger.collect(),
            mailbox: mailbox(content),
            ..InventoryRows::default()
        }
    })
}

pub(super) fn payments(system: &System) -> PaymentsRows {
    system.payments.read(|content| {
        let state = &content.tables.state;
        let accounts = state.accounts.iter().map(|(customer, account)| AccountRow {
            customer: customer.to_string(),
            available_minor: account.available_minor,
            held_minor: account.held_minor,
            captured_minor: account.captured_minor,
            refunded_minor: account.refunded_minor,
        });
        let payments = state.payments.iter().map(|(id, payment)| PaymentRow {
            order_id: id.0,
            customer: payment
                .charge()
                .map_or_else(String::new, |charge| charge.customer.to_string()),
            amount_minor: payment.charge().map_or(0, |charge| charge.amount_minor),
            state: Payment::label(payment).to_owned(),
        });
        let ledger = content.tables.ledger.values().map(|entry| LedgerRow {
            cause: entry.cause,
            kind: entry.kind.to_owned(),
            account: entry.purse.as_str().to_owned(),
            customer: entry.customer.to_string(),
            amount_minor: entry.amount_minor,
        });
        PaymentsRows {
            accounts: accounts.collect(),
            payments: payments.collect(),
            ledger: ledger.collect(),
            mailbox: mailbox(content),
            ..PaymentsRows::default()
        }
    })
}

pub(super) fn shipping(system: &System) -> ShippingRows {
    system.shipping.read(|content| {
        let rows = content.tables.0.shipments.iter();
        let shipments = rows.map(|(id, shipment)| ShipmentRow {
            order_id: id.0,
            state: shipment.label().to_owned(),
        });
        ShippingRows {
            shipments: shipments.collect(),
            mailbox: mailbox(content),
            ..ShippingRows::default()
        }
    })
}

pub(super) fn orchestrator(system: &System) -> OrchestratorRows {
    system.orchestrator.read(|content| {
        let sagas = content.tables.0.sagas.iter().map(|(id, saga)| SagaRow {
            order_id: id.0,
            phase: saga.phase.label().to_owned(),
        });
        OrchestratorRows {
            sagas: sagas.collect(),
            mailbox: mailbox(content),
            ..OrchestratorRows::default()
        }
    })
}

pub(super) fn order_view(system: &System) -> OrderViewRows {
    let rows = system.view.rows();
    let orders = rows.orders.iter().filter_map(|(id, glimpse)| {
        let (facts, placed_at_ms) = glimpse.placed.as_ref()?;
        Some(ViewRow {
            order_id: id.0,
            customer: facts.customer.to_string(),
            status: word(glimpse.status),
            reason: glimpse.reason.map(reason),
            coordination: glimpse.coordination.to_string(),
            version: glimpse.version,
            total_minor: facts.total_minor,
            lines: priced(&facts.lines),
            placed_at_ms: *placed_at_ms,
        })
    });
    OrderViewRows {
        orders: orders.collect(),
        ..OrderViewRows::default()
    }
}

fn mailbox<T>(content: &Content<T>) -> Mailbox {
    let mut mailbox = Mailbox::default();
    for row in content.inbox.values() {
        let ids = mailbox.inbox.entry(row.kind.clone()).or_default();
        ids.push(row.message_id);
    }
    let owed = content.outbox.values().map(|row| OutboxRow {
        message_id: row.id(),
        kind: row.envelope.kind.to_string(),
        attempts: i32::try_from(row.attempts).unwrap_or(i32::MAX),
    });
    mailbox.outbox = owed.collect();
    mailbox
}

fn priced(lines: &[Line]) -> Vec<PricedLine> {
    let priced = lines.iter().map(|line| PricedLine {
        sku: line.sku.to_string(),
        quantity: line.quantity,
        unit_price_minor: line.unit_price_minor,
    });
    priced.collect()
}

fn reason(reason: Reason) -> String {
    reason.as_str().to_owned()
}

fn word(status: orders_contract::Status) -> Status {
    Status::parse(status.as_str()).unwrap_or(Status::Placed)
}
