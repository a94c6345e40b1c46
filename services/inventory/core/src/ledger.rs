//! What an event writes into the stock ledger.

use crate::event::Event;
use orders_contract::Sku;
use uuid::Uuid;

/// One row. There is at most one of a (`cause`, `kind`, `sku`): the primary key says so too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Movement<'a> {
    /// The order or the receipt.
    pub cause: Uuid,
    pub kind: &'static str,
    pub sku: &'a Sku,
    pub quantity: i64,
}

pub fn movements(event: &Event) -> Vec<Movement<'_>> {
    let (order_id, kind, picks) = match event {
        Event::Received {
            receipt_id,
            sku,
            quantity,
        } => {
            return vec![Movement {
                cause: *receipt_id,
                kind: "receipt",
                sku,
                quantity: *quantity,
            }];
        }
        Event::Reserved { facts, picks } => (facts.order_id, "reserve", picks),
        Event::Released { order_id, picks } => (*order_id, "release", picks),
        Event::Dispatched { order_id, picks } => (*order_id, "dispatch", picks),
        Event::Priced { .. }
        | Event::Refused { .. }
        | Event::Voided { .. }
        | Event::ReleasedAlready { .. } => return vec![],
    };
    let moved = picks.iter().map(|pick| Movement {
        cause: order_id.0,
        kind,
        sku: &pick.sku,
        quantity: pick.quantity,
    });
    moved.collect()
}
