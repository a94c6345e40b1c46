//! The body of `POST /orders`, parsed into types that cannot be wrong.

use decider::Coordination;
use lifecycle::problem::{self, Problem};
use orders_contract::{
    CustomerId, ShipTo, Sku,
    order::{LINES_MAX, QUANTITY_MAX},
};
use orders_core::Item;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    customer: String,
    lines: Vec<LineBody>,
    ship_to: ShipToBody,
    coordination: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct LineBody {
    sku: String,
    quantity: i64,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ShipToBody {
    country: String,
    postcode: String,
}

/// What was asked, and nothing that could be wrong.
pub struct Wish {
    pub customer: CustomerId,
    pub items: Vec<Item>,
    pub ship_to: ShipTo,
    /// `None`: the service's default.
    pub coordination: Option<Coordination>,
}

impl PlaceOrder {
    /// The same for the same request, whatever its spaces and the order of its keys.
    pub fn fingerprint(&self) -> uuid::Uuid {
        let canonical = serde_json::to_string(self).unwrap_or_default();
        super::id_of("order.request", &canonical)
    }

    pub fn parse(self) -> Result<Wish, Problem> {
        let coordination = (self.coordination)
            .map(|word| word.parse())
            .transpose()
            .map_err(|error| {
                Problem::new(problem::UNKNOWN_COORDINATION, format!("{error}")).at("/coordination")
            })
            .map(|parsed: Option<Coordination>| parsed)?;
        Ok(Wish {
            customer: identifier(self.customer, "/customer")?,
            items: items(self.lines)?,
            ship_to: ShipTo {
                country: identifier(self.ship_to.country, "/ship_to/country")?,
                postcode: identifier(self.ship_to.postcode, "/ship_to/postcode")?,
            },
            coordination,
        })
    }
}

fn items(lines: Vec<LineBody>) -> Result<Vec<Item>, Problem> {
    if lines.is_empty() {
        return Err(Problem::new(problem::EMPTY_ORDER, "an order has 1 line or more").at("/lines"));
    }
    if lines.len() > LINES_MAX {
        let detail = format!(
            "an order has {LINES_MAX} lines at most, this has {}",
            lines.len()
        );
        return Err(Problem::new(problem::TOO_MANY_LINES, detail).at("/lines"));
    }
    (lines.into_iter().enumerate())
        .map(|(at, LineBody { sku, quantity })| {
            if !(1..=QUANTITY_MAX).contains(&quantity) {
                let detail = format!("a quantity is 1 to {QUANTITY_MAX}, this is {quantity}");
                let pointer = format!("/lines/{at}/quantity");
                return Err(Problem::new(problem::OUT_OF_RANGE, detail).at(pointer));
            }
            let sku: Sku = identifier(sku, &format!("/lines/{at}/sku"))?;
            Ok(Item { sku, quantity })
        })
        .collect()
}

fn identifier<T>(text: String, pointer: &str) -> Result<T, Problem>
where
    T: TryFrom<String>,
    T::Error: std::fmt::Display,
{
    T::try_from(text).map_err(|error| {
        Problem::new(problem::INVALID_IDENTIFIER, error.to_string()).at(pointer.to_owned())
    })
}
