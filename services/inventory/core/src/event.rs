//! What can happen in inventory.

use crate::state::Pick;
use orders_contract::{OrderFacts, OrderId, Reason, Sku};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Priced {
        sku: Sku,
        unit_price_minor: i64,
        version: i64,
    },
    Received {
        receipt_id: Uuid,
        sku: Sku,
        quantity: i64,
    },
    Reserved {
        facts: OrderFacts,
        picks: Vec<Pick>,
    },
    Refused {
        order_id: OrderId,
        reason: Reason,
    },
    /// What was reserved is on hand again.
    Released {
        order_id: OrderId,
        picks: Vec<Pick>,
    },
    /// Nothing was reserved, and nothing will be.
    Voided {
        order_id: OrderId,
    },
    /// There was nothing to release; said so for whoever waits for the word.
    ReleasedAlready {
        order_id: OrderId,
    },
    Dispatched {
        order_id: OrderId,
        picks: Vec<Pick>,
    },
}
