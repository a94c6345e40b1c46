//! What inventory tells those who keep a replica of its catalogue.

use decider::{Destination, Incoming, Outgoing, ParseError};
use orders_contract::Sku;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum CatalogueEvent {
    /// A SKU exists and costs so much. `version` grows with each price of the SKU:
    /// a replica keeps the highest it has seen, in whichever order they arrive.
    #[serde(rename = "sku.priced")]
    Priced {
        sku: Sku,
        unit_price_minor: i64,
        version: i64,
    },
}

impl CatalogueEvent {
    pub const PRICED: &str = "sku.priced";
    pub const KINDS: [&str; 1] = [Self::PRICED];
}

impl Outgoing for CatalogueEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Priced { .. } => Self::PRICED,
        }
    }

    fn id(&self) -> Uuid {
        match self {
            Self::Priced { sku, version, .. } => {
                decider::message_id(self.kind(), format_args!("{sku}/{version}"))
            }
        }
    }

    fn correlation_id(&self) -> Option<Uuid> {
        None
    }

    fn destination(&self) -> Destination {
        Destination::Events
    }

    fn encode(&self) -> Vec<u8> {
        decider::encode_tagged(self)
    }
}

impl Incoming for CatalogueEvent {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        decider::parse_tagged(&Self::KINDS, kind, version, body)
    }

    fn correlation_id(&self) -> Option<Uuid> {
        None
    }
}
