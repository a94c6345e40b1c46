//! What the orchestrator asks of shipping.

use decider::{Destination, Incoming, Outgoing, ParseError};
use orders_contract::{OrderFacts, OrderId, Reason};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ShippingCommand {
    #[serde(rename = "shipping.arrange")]
    Arrange { facts: OrderFacts },
    /// Wins if it comes before the shipment is arranged.
    #[serde(rename = "shipping.void")]
    Void { order_id: OrderId, reason: Reason },
}

impl ShippingCommand {
    pub const ARRANGE: &str = "shipping.arrange";
    pub const VOID: &str = "shipping.void";
    pub const KINDS: [&str; 2] = [Self::ARRANGE, Self::VOID];

    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Arrange { facts } => facts.order_id,
            Self::Void { order_id, .. } => *order_id,
        }
    }
}

impl Outgoing for ShippingCommand {
    fn kind(&self) -> &'static str {
        match self {
            Self::Arrange { .. } => Self::ARRANGE,
            Self::Void { .. } => Self::VOID,
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

impl Incoming for ShippingCommand {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        decider::parse_tagged(&Self::KINDS, kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(self)
    }
}
