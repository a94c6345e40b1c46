//! What happened to an order. `version` counts these events, 1..n per order.

use crate::{OrderFacts, OrderId, Reason};
use decider::{Coordination, Destination, Incoming, Outgoing, ParseError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum OrderEvent {
    #[serde(rename = "order.placed")]
    Placed {
        facts: OrderFacts,
        version: i64,
        coordination: Coordination,
        placed_at_ms: i64,
    },
    /// Asked by the customer or by the deadline; whether it comes before the pivot
    /// is for the owner of the pivot to say.
    #[serde(rename = "order.cancel_requested")]
    CancelRequested {
        order_id: OrderId,
        reason: Reason,
        /// 1 for the first request; a deadline asks again until the saga ends.
        attempt: i32,
        version: i64,
        coordination: Coordination,
    },
    #[serde(rename = "order.confirmed")]
    Confirmed {
        order_id: OrderId,
        version: i64,
        coordination: Coordination,
    },
    #[serde(rename = "order.rejected")]
    Rejected {
        order_id: OrderId,
        reason: Reason,
        version: i64,
        coordination: Coordination,
    },
    #[serde(rename = "order.cancelled")]
    Cancelled {
        order_id: OrderId,
        reason: Reason,
        version: i64,
        coordination: Coordination,
    },
}

impl OrderEvent {
    pub const PLACED: &str = "order.placed";
    pub const CANCEL_REQUESTED: &str = "order.cancel_requested";
    pub const CONFIRMED: &str = "order.confirmed";
    pub const REJECTED: &str = "order.rejected";
    pub const CANCELLED: &str = "order.cancelled";
    pub const KINDS: [&str; 5] = [
        Self::PLACED,
        Self::CANCEL_REQUESTED,
        Self::CONFIRMED,
        Self::REJECTED,
        Self::CANCELLED,
    ];

    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Placed { facts, .. } => facts.order_id,
            Self::CancelRequested { order_id, .. }
            | Self::Confirmed { order_id, .. }
            | Self::Rejected { order_id, .. }
            | Self::Cancelled { order_id, .. } => *order_id,
        }
    }
}

impl Outgoing for OrderEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Placed { .. } => Self::PLACED,
            Self::CancelRequested { .. } => Self::CANCEL_REQUESTED,
            Self::Confirmed { .. } => Self::CONFIRMED,
            Self::Rejected { .. } => Self::REJECTED,
            Self::Cancelled { .. } => Self::CANCELLED,
        }
    }

    fn id(&self) -> Uuid {
        match self {
            Self::CancelRequested {
                order_id, attempt, ..
            } => decider::message_id(self.kind(), format_args!("{order_id}/{attempt}")),
            Self::Placed { .. }
            | Self::Confirmed { .. }
            | Self::Rejected { .. }
            | Self::Cancelled { .. } => decider::message_id(self.kind(), self.order_id()),
        }
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Some(self.order_id().0)
    }

    fn coordination(&self) -> Option<Coordination> {
        match self {
            Self::Placed { coordination, .. }
            | Self::CancelRequested { coordination, .. }
            | Self::Confirmed { coordination, .. }
            | Self::Rejected { coordination, .. }
            | Self::Cancelled { coordination, .. } => Some(*coordination),
        }
    }

    fn destination(&self) -> Destination {
        Destination::Events
    }

    fn encode(&self) -> Vec<u8> {
        decider::encode_tagged(self)
    }
}

impl Incoming for OrderEvent {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        decider::parse_tagged(&Self::KINDS, kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(self)
    }
}
