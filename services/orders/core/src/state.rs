//! What orders knows.

use decider::Coordination;
use orders_contract::{OrderFacts, OrderId, Reason, Sku, Status};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The slice of orders' world that the commands at hand touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    pub orders: BTreeMap<OrderId, Order>,
    pub catalogue: BTreeMap<Sku, Price>,
}

/// What inventory said last of a SKU.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Price {
    pub unit_price_minor: i64,
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    pub facts: OrderFacts,
    /// Of the request that placed it: the same key with another is refused.
    pub fingerprint: Uuid,
    pub coordination: Coordination,
    pub status: Status,
    pub reason: Option<Reason>,
    /// Counts the events that others hear of this order, from 1.
    pub version: i64,
    /// The shipment is arranged: too late for a cancel.
    pub pivot_passed: bool,
    pub captured: bool,
    pub dispatched: bool,
    pub cancel_attempts: i32,
    /// When the deadline asks next; `None` once the order has ended.
    pub deadline_at_ms: Option<i64>,
    pub placed_at_ms: i64,
    pub terminal_at_ms: Option<i64>,
}
