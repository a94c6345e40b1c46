//! What shipping knows.

use orders_contract::{Country, OrderId, Reason, ShipTo};
use std::collections::{BTreeMap, BTreeSet};

/// The slice of shipping's world that the commands at hand touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    pub shipments: BTreeMap<OrderId, Shipment>,
    /// Countries we ship to.
    pub service_areas: BTreeSet<Country>,
}

/// What became of the shipment of one order. An order that is not there was never heard of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shipment {
    Arranged {
        ship_to: ShipTo,
    },
    /// The address cannot be served.
    Refused {
        ship_to: ShipTo,
        reason: Reason,
    },
    /// A tombstone: a cancel came first.
    Voided {
        reason: Reason,
    },
}

impl Shipment {
    /// The word in the database and in metrics.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Arranged { .. } => "arranged",
            Self::Refused { .. } => "refused",
            Self::Voided { .. } => "voided",
        }
    }
}
