//! What happened to the stock of an order.

use decider::{Destination, Incoming, Outgoing, ParseError};
use orders_contract::{OrderFacts, OrderId, Reason};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum StockEvent {
    /// All lines are reserved.
    #[serde(rename = "stock.reserved")]
    Reserved { facts: OrderFacts },
    /// None is, for one line was out of stock.
    #[serde(rename = "stock.rejected")]
    Rejected { order_id: OrderId, reason: Reason },
    /// Nothing is reserved for this order, nor ever will be.
    #[serde(rename = "stock.released")]
    Released { order_id: OrderId },
    /// What was reserved has left the house.
    #[serde(rename = "stock.dispatched")]
    Dispatched { order_id: OrderId },
}

impl StockEvent {
    pub const RESERVED: &str = "stock.reserved";
    pub const REJECTED: &str = "stock.rejected";
    pub const RELEASED: &str = "stock.released";
    pub const DISPATCHED: &str = "stock.dispatched";
    pub const KINDS: [&str; 4] = [
        Self::RESERVED,
        Self::REJECTED,
        Self::RELEASED,
        Self::DISPATCHED,
    ];

    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Reserved { facts } => facts.order_id,
            Self::Rejected { order_id, .. }
            | Self::Released { order_id }
            | Self::Dispatched { order_id } => *order_id,
        }
    }
}

impl Outgoing for StockEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Reserved { .. } => Self::RESERVED,
            Self::Rejected { .. } => Self::REJECTED,
            Self::Released { .. } => Self::RELEASED,
            Self::Dispatched { .. } => Self::DISPATCHED,
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

impl Incoming for StockEvent {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        decider::parse_tagged(&Self::KINDS, kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(self)
    }
}
