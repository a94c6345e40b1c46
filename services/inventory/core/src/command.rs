//! What can be asked of inventory, and why it may be refused.

use orders_contract::{OrderFacts, OrderId, Sku};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// The catalogue: this SKU exists and costs so much.
    SetPrice {
        sku: Sku,
        unit_price_minor: i64,
    },
    /// Goods came in.
    Receive {
        receipt_id: Uuid,
        sku: Sku,
        quantity: i64,
    },
    Reserve(OrderFacts),
    Release {
        order_id: OrderId,
    },
    Dispatch {
        order_id: OrderId,
    },
}

impl Command {
    pub fn order_id(&self) -> Option<OrderId> {
        match self {
            Self::Reserve(facts) => Some(facts.order_id),
            Self::Release { order_id } | Self::Dispatch { order_id } => Some(*order_id),
            Self::SetPrice { .. } | Self::Receive { .. } => None,
        }
    }
}

/// From a customer's command an answer, from a message a broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {
    #[error("there is no SKU {:?}", .0.as_str())]
    UnknownSku(Sku),
    #[error("the idempotency key was used for another receipt")]
    KeyReused,
    #[error("there would be more of it than can be counted")]
    TooMuch,
    #[error("cannot dispatch {order_id}: its reservation is {found}")]
    NothingToDispatch {
        order_id: OrderId,
        found: &'static str,
    },
    #[error("cannot release {order_id}: it is dispatched")]
    AlreadyDispatched { order_id: OrderId },
}
