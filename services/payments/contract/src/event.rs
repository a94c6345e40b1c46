//! What happened to the payment of an order.

use decider::{Destination, Incoming, Outgoing, ParseError};
use orders_contract::{OrderFacts, OrderId, Reason};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum PaymentEvent {
    /// The total is held on the account of the customer.
    #[serde(rename = "payment.held")]
    Held { facts: OrderFacts },
    /// It is not, and why.
    #[serde(rename = "payment.rejected")]
    Rejected { order_id: OrderId, reason: Reason },
    /// Nothing is held for this order, nor ever will be.
    #[serde(rename = "payment.released")]
    Released { order_id: OrderId },
    /// What was held is paid.
    #[serde(rename = "payment.captured")]
    Captured { order_id: OrderId },
}

impl PaymentEvent {
    pub const HELD: &str = "payment.held";
    pub const REJECTED: &str = "payment.rejected";
    pub const RELEASED: &str = "payment.released";
    pub const CAPTURED: &str = "payment.captured";
    pub const KINDS: [&str; 4] = [Self::HELD, Self::REJECTED, Self::RELEASED, Self::CAPTURED];

    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Held { facts } => facts.order_id,
            Self::Rejected { order_id, .. }
            | Self::Released { order_id }
            | Self::Captured { order_id } => *order_id,
        }
    }
}

impl Outgoing for PaymentEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Held { .. } => Self::HELD,
            Self::Rejected { .. } => Self::REJECTED,
            Self::Released { .. } => Self::RELEASED,
            Self::Captured { .. } => Self::CAPTURED,
        }
    }

    fn id(&self) -> Uuid {
        decider::message_id(self.kind(), self.order_id())
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Some(self.order_id().0)
    }

    fn destination(&self) -> Destination {
        Destination::Events
    }

    fn encode(&self) -> Vec<u8> {
        decider::encode_tagged(self)
    }
}

impl Incoming for PaymentEvent {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        decider::parse_tagged(&Self::KINDS, kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(self)
    }
}
