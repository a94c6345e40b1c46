//! What happened to the shipment of an order.

use decider::{Destination, Incoming, Outgoing, ParseError};
use orders_contract::{OrderId, Reason};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ShipmentEvent {
    /// The pivot: from here the saga only goes forward.
    #[serde(rename = "shipment.arranged")]
    Arranged { order_id: OrderId },
    /// The address cannot be served.
    #[serde(rename = "shipment.rejected")]
    Rejected { order_id: OrderId, reason: Reason },
    /// A cancel came first: nothing is shipped, nor ever will be.
    #[serde(rename = "shipment.voided")]
    Voided { order_id: OrderId, reason: Reason },
}

impl ShipmentEvent {
    pub const ARRANGED: &str = "shipment.arranged";
    pub const REJECTED: &str = "shipment.rejected";
    pub const VOIDED: &str = "shipment.voided";
    pub const KINDS: [&str; 3] = [Self::ARRANGED, Self::REJECTED, Self::VOIDED];

    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Arranged { order_id }
            | Self::Rejected { order_id, .. }
            | Self::Voided { order_id, .. } => *order_id,
        }
    }
}

impl Outgoing for ShipmentEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Arranged { .. } => Self::ARRANGED,
            Self::Rejected { .. } => Self::REJECTED,
            Self::Voided { .. } => Self::VOIDED,
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

impl Incoming for ShipmentEvent {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        decider::parse_tagged(&Self::KINDS, kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(self)
    }
}
