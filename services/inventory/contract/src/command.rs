//! What the orchestrator asks of inventory.

use decider::{Destination, Incoming, Outgoing, ParseError};
use orders_contract::{OrderFacts, OrderId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum InventoryCommand {
    #[serde(rename = "inventory.reserve")]
    Reserve { facts: OrderFacts },
    #[serde(rename = "inventory.release")]
    Release { order_id: OrderId },
    #[serde(rename = "inventory.dispatch")]
    Dispatch { order_id: OrderId },
}

impl InventoryCommand {
    pub const RESERVE: &str = "inventory.reserve";
    pub const RELEASE: &str = "inventory.release";
    pub const DISPATCH: &str = "inventory.dispatch";
    pub const KINDS: [&str; 3] = [Self::RESERVE, Self::RELEASE, Self::DISPATCH];

    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Reserve { facts } => facts.order_id,
            Self::Release { order_id } | Self::Dispatch { order_id } => *order_id,
        }
    }
}

impl Outgoing for InventoryCommand {
    fn kind(&self) -> &'static str {
        match self {
            Self::Reserve { .. } => Self::RESERVE,
            Self::Release { .. } => Self::RELEASE,
            Self::Dispatch { .. } => Self::DISPATCH,
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

impl Incoming for InventoryCommand {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        decider::parse_tagged(&Self::KINDS, kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(self)
    }
}
