//! What can be asked of orders, and why it may be refused.

use decider::Coordination;
use orders_contract::{CustomerId, OrderId, Reason, ShipTo, Sku, Status};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    Place(Placement),
    /// By the customer.
    RequestCancel {
        order_id: OrderId,
    },
    /// By the clock.
    DeadlineReached {
        order_id: OrderId,
        now_ms: i64,
    },
    LearnPrice {
        sku: Sku,
        unit_price_minor: i64,
        version: i64,
    },
    NotePivot {
        order_id: OrderId,
    },
    NoteCaptured {
        order_id: OrderId,
        now_ms: i64,
    },
    NoteDispatched {
        order_id: OrderId,
        now_ms: i64,
    },
    Confirm {
        order_id: OrderId,
        now_ms: i64,
    },
    Reject {
        order_id: OrderId,
        reason: Reason,
        now_ms: i64,
    },
    Cancel {
        order_id: OrderId,
        reason: Reason,
        now_ms: i64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Placement {
    /// Given by the customer's idempotency key.
    pub order_id: OrderId,
    /// Of the whole request.
    pub fingerprint: Uuid,
    pub customer: CustomerId,
    /// 1 to `LINES_MAX`, each within `QUANTITY_MAX`: parsed at the edge.
    pub items: Vec<Item>,
    pub ship_to: ShipTo,
    pub coordination: Coordination,
    pub now_ms: i64,
    pub deadline_at_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    pub sku: Sku,
    pub quantity: i64,
}

impl Command {
    pub fn order_id(&self) -> Option<OrderId> {
        match self {
            Self::Place(placement) => Some(placement.order_id),
            Self::RequestCancel { order_id }
            | Self::DeadlineReached { order_id, .. }
            | Self::NotePivot { order_id }
            | Self::NoteCaptured { order_id, .. }
            | Self::NoteDispatched { order_id, .. }
            | Self::Confirm { order_id, .. }
            | Self::Reject { order_id, .. }
            | Self::Cancel { order_id, .. } => Some(*order_id),
            Self::LearnPrice { .. } => None,
        }
    }
}

/// From a customer's command an answer, from a message a broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {
    #[error("there is no order {0}")]
    UnknownOrder(OrderId),
    #[error("there is no SKU {:?}", .0.as_str())]
    UnknownSku(Sku),
    #[error("the idempotency key was used for another order")]
    KeyReused,
    #[error("the shipment is arranged: {0} can no longer be cancelled")]
    PastPivot(OrderId),
    #[error("{order_id} is {} and now hears {heard}", status.as_str())]
    Contradiction {
        order_id: OrderId,
        status: Status,
        heard: &'static str,
    },
}
