//! The facts of an order: what was asked, at which prices.

use crate::{Country, CustomerId, Postcode, Sku};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// Lines in one order, at most: a basket, not a bulk import. It also bounds a message.
pub const LINES_MAX: usize = 64;
/// Of one line. With [`UNIT_PRICE_MINOR_MAX`] and [`LINES_MAX`] a total stays below
/// 6.4e16 and so within 64 bits, whatever is multiplied.
pub const QUANTITY_MAX: i64 = 1_000_000;
/// Ten million of a currency with two decimals.
pub const UNIT_PRICE_MINOR_MAX: i64 = 1_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(pub Uuid);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// So many of one SKU, at the price orders knew when it was placed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Line {
    pub sku: Sku,
    pub quantity: i64,
    pub unit_price_minor: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ShipTo {
    pub country: Country,
    pub postcode: Postcode,
}

/// What every participant may need to know of an order. Passed on from event to
/// event like a baton, so that no participant has to ask another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderFacts {
    pub order_id: OrderId,
    pub customer: CustomerId,
    pub lines: Vec<Line>,
    pub total_minor: i64,
    pub ship_to: ShipTo,
}
