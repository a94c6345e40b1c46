//! What the orchestrator asks of payments.

use decider::{Destination, Incoming, Outgoing, ParseError};
use orders_contract::{OrderFacts, OrderId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum PaymentsCommand {
    #[serde(rename = "payments.hold")]
    Hold { facts: OrderFacts },
    #[serde(rename = "payments.release")]
    Release { order_id: OrderId },
    #[serde(rename = "payments.capture")]
    Capture { order_id: OrderId },
}

impl PaymentsCommand {
    pub const HOLD: &str = "payments.hold";
    pub const RELEASE: &str = "payments.release";
    pub const CAPTURE: &str = "payments.capture";
    pub const KINDS: [&str; 3] = [Self::HOLD, Self::RELEASE, Self::CAPTURE];

    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Hold { facts } => facts.order_id,
            Self::Release { order_id } | Self::Capture { order_id } => *order_id,
        }
    }
}

impl Outgoing for PaymentsCommand {
    fn kind(&self) -> &'static str {
        match self {
            Self::Hold { .. } => Self::HOLD,
            Self::Release { .. } => Self::RELEASE,
            Self::Capture { .. } => Self::CAPTURE,
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

impl Incoming for PaymentsCommand {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        decider::parse_tagged(&Self::KINDS, kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Outgoing::correlation_id(self)
    }
}
