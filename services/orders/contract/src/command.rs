//! What the orchestrator asks of orders.

use crate::{OrderId, Reason};
use decider::{Destination, Incoming, Outgoing, ParseError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum OrderCommand {
    #[serde(rename = "orders.confirm")]
    Confirm { order_id: OrderId },
    #[serde(rename = "orders.reject")]
    Reject { order_id: OrderId, reason: Reason },
    #[serde(rename = "orders.cancel")]
    Cancel { order_id: OrderId, reason: Reason },
}

impl OrderCommand {
    pub const CONFIRM: &str = "orders.confirm";
    pub const REJECT: &str = "orders.reject";
    pub const CANCEL: &str = "orders.cancel";
    pub const KINDS: [&str; 3] = [Self::CONFIRM, Self::REJECT, Self::CANCEL];

    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Confirm { order_id }
            | Self::Reject { order_id, .. }
            | Self::Cancel { order_id, .. } => *order_id,
        }
    }
}

impl Outgoing for OrderCommand {
    fn kind(&self) -> &'static str {
        match self {
            Self::Confirm { .. } => Self::CONFIRM,
            Self::Reject { .. } => Self::REJECT,
            Self::Cancel { .. } => Self::CANCEL,
        }
    }

    fn id(&self) -> Uuid {
        decider::message_id(self.kind(), self.order_id())
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Some(self.order_id().0)
    }

    fn destination(&self) -> Destination {
        Destination::Command(crate::QUEUE)
    }

    fn encode(&self) -> Vec<u8> {
        decider::encode_tagged(self)
    }
}

impl Incoming for OrderCommand {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        decider::parse_tagged(&Self::KINDS, kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(self)
    }
}
