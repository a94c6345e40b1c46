//! What inventory knows.

use orders_contract::{Line, OrderId, Sku};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The slice of inventory's world that the commands at hand touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    pub skus: BTreeMap<Sku, Stock>,
    pub reservations: BTreeMap<OrderId, Reservation>,
    /// By the id that the customer's idempotency key gives.
    pub receipts: BTreeMap<Uuid, Receipt>,
}

/// One SKU. `on_hand` is what can still be reserved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stock {
    pub unit_price_minor: i64,
    pub price_version: i64,
    pub on_hand: i64,
    pub reserved: i64,
    pub shipped: i64,
}

/// So many of one SKU.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pick {
    pub sku: Sku,
    pub quantity: i64,
}

/// What became of the stock of one order. An order that is not there was never heard of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reservation {
    Reserved {
        picks: Vec<Pick>,
    },
    Released {
        picks: Vec<Pick>,
    },
    Dispatched {
        picks: Vec<Pick>,
    },
    /// Out of stock.
    Refused,
    /// A tombstone: released before anything was reserved.
    Voided,
}

impl Reservation {
    /// The word in the database and in metrics.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Reserved { .. } => "reserved",
            Self::Released { .. } => "released",
            Self::Dispatched { .. } => "dispatched",
            Self::Refused => "refused",
            Self::Voided => "voided",
        }
    }

    pub fn picks(&self) -> &[Pick] {
        match self {
            Self::Reserved { picks } | Self::Released { picks } | Self::Dispatched { picks } => {
                picks
            }
            Self::Refused | Self::Voided => &[],
        }
    }
}

/// Goods that came in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Receipt {
    pub sku: Sku,
    pub quantity: i64,
}

/// What the lines of an order take, by SKU: two lines of one SKU are one pick.
pub fn picks_of(lines: &[Line]) -> Vec<Pick> {
    let mut quantities: BTreeMap<&Sku, i64> = BTreeMap::new();
    for line in lines {
        let quantity = quantities.entry(&line.sku).or_default();
        *quantity = quantity.saturating_add(line.quantity);
    }
    quantities
        .into_iter()
        .map(|(sku, quantity)| Pick {
            sku: sku.clone(),
            quantity,
        })
        .collect()
}
