//! A world small enough that whatever happens in it collides: three orders, two
//! customers, two SKUs.

use orders_contract::{Country, CustomerId, Line, OrderFacts, OrderId, Postcode, ShipTo, Sku};
use proptest::prelude::*;
use uuid::Uuid;

pub const ORDERS: std::ops::RangeInclusive<u128> = 1..=3;
/// Deposits and receipts, by their idempotency keys.
pub const KEYS: std::ops::RangeInclusive<u128> = 1..=2;
const CUSTOMERS: [&str; 2] = ["ada", "bob"];
const SKUS: [&str; 2] = ["tea", "pot"];
const SERVED: &str = "NO";
const NOT_SERVED: &str = "AQ";

pub fn order_id(n: u128) -> OrderId {
    OrderId(Uuid::from_u128(0x0a00 + n))
}

/// Of a deposit or a receipt.
pub fn key(n: u128) -> Uuid {
    Uuid::from_u128(0x0b00 + n)
}

pub fn customer(name: &str) -> CustomerId {
    CustomerId::try_from(name.to_owned()).expect("a name")
}

pub fn customers() -> impl Iterator<Item = CustomerId> {
    CUSTOMERS.into_iter().map(customer)
}

pub fn sku(name: &str) -> Sku {
    Sku::try_from(name.to_owned()).expect("a name")
}

pub fn skus() -> impl Iterator<Item = Sku> {
    SKUS.into_iter().map(sku)
}

/// What is said of an order is the same wherever it is said. The second has two lines of
/// one SKU, the third goes where nobody ships to.
pub fn facts(n: u128) -> OrderFacts {
    let (buyer, lines, country): (_, &[(&str, i64)], _) = match n {
        1 => ("ada", &[("tea", 2), ("pot", 1)], SERVED),
        2 => ("ada", &[("tea", 1), ("tea", 3)], SERVED),
        _ => ("bob", &[("pot", 2)], NOT_SERVED),
    };
    let lines: Vec<Line> = (lines.iter())
        .map(|(name, quantity)| Line {
            sku: sku(name),
            quantity: *quantity,
            unit_price_minor: 100,
        })
        .collect();
    OrderFacts {
        order_id: order_id(n),
        customer: customer(buyer),
        total_minor: lines.iter().map(|l| l.quantity * l.unit_price_minor).sum(),
        lines,
        ship_to: ShipTo {
            country: Country::try_from(country.to_owned()).expect("a country"),
            postcode: Postcode::try_from("0150".to_owned()).expect("a postcode"),
        },
    }
}

pub fn any_order() -> impl Strategy<Value = u128> + Clone {
    ORDERS
}

pub fn any_key() -> impl Strategy<Value = u128> + Clone {
    KEYS
}

pub fn any_customer() -> impl Strategy<Value = CustomerId> {
    prop::sample::select(CUSTOMERS.to_vec()).prop_map(customer)
}

pub fn any_sku() -> impl Strategy<Value = Sku> {
    prop::sample::select(SKUS.to_vec()).prop_map(sku)
}
