//! What can be asked of payments, and why it may be refused.

use orders_contract::{CustomerId, OrderFacts, OrderId};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Opens the account, if there is none.
    Deposit {
        deposit_id: Uuid,
        customer: CustomerId,
        amount_minor: i64,
    },
    Block {
        customer: CustomerId,
    },
    Hold(OrderFacts),
    Release {
        order_id: OrderId,
    },
    Capture {
        order_id: OrderId,
    },
}

impl Command {
    pub fn order_id(&self) -> Option<OrderId> {
        match self {
            Self::Hold(facts) => Some(facts.order_id),
            Self::Release { order_id } | Self::Capture { order_id } => Some(*order_id),
            Self::Deposit { .. } | Self::Block { .. } => None,
        }
    }
}

/// From a customer's command an answer, from a message a broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {
    #[error("there is no account of {:?}", .0.as_str())]
    UnknownAccount(CustomerId),
    #[error("the idempotency key was used for another deposit")]
    KeyReused,
    #[error("the account would hold more than can be counted")]
    TooMuch,
    #[error("cannot capture {order_id}: its payment is {found}")]
    NothingToCapture {
        order_id: OrderId,
        found: &'static str,
    },
    #[error("cannot release {order_id}: it is captured")]
    AlreadyCaptured { order_id: OrderId },
}
