//! What can happen in orders.

use decider::Coordination;
use orders_contract::{OrderFacts, OrderId, Reason, Sku};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Placed {
        facts: OrderFacts,
        fingerprint: Uuid,
        coordination: Coordination,
        placed_at_ms: i64,
        deadline_at_ms: i64,
    },
    CancelRequested {
        order_id: OrderId,
        reason: Reason,
        attempt: i32,
        version: i64,
        coordination: Coordination,
        /// When the deadline asks next.
        deadline_at_ms: Option<i64>,
    },
    PriceLearned {
        sku: Sku,
        unit_price_minor: i64,
        version: i64,
    },
    PivotNoted {
        order_id: OrderId,
    },
    CaptureNoted {
        order_id: OrderId,
    },
    DispatchNoted {
        order_id: OrderId,
    },
    Confirmed(Ending),
    Rejected {
        reason: Reason,
        ending: Ending,
    },
    Cancelled {
        reason: Reason,
        ending: Ending,
    },
}

/// Of which order, when, and as which of its versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ending {
    pub order_id: OrderId,
    pub version: i64,
    pub coordination: Coordination,
    pub at_ms: i64,
}
