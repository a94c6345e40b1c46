//! `GET /orders?customer=&limit=&after=`, newest first.

use super::Api;
use crate::rows::{self, OrderRow};
use axum::extract::State;
use lifecycle::{
    json::Json,
    problem::{self, Problem},
    query::Query,
};
use orders_contract::CustomerId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const LIMIT: i64 = 50;
/// A page of full orders stays within a megabyte or two.
const LIMIT_MAX: i64 = 200;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    customer: String,
    limit: Option<i64>,
    after: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Orders {
    orders: Vec<OrderRow>,
    /// To be sent as `after`; null on the last page.
    next: Option<String>,
}

pub async fn list_orders(
    State(api): State<Api>,
    Query(Page {
        customer,
        limit,
        after,
    }): Query<Page>,
) -> Result<Json<Orders>, Problem> {
    let customer = CustomerId::try_from(customer)
        .map_err(|error| Problem::new(problem::INVALID_IDENTIFIER, error.to_string()))?;
    let limit = limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        let detail = format!("limit is 1 to {LIMIT_MAX}");
        return Err(Problem::new(problem::INVALID_QUERY, detail));
    }
    let before = match after {
        None => (i64::MAX, Uuid::max()),
        Some(cursor) => parse(&cursor).ok_or_else(|| {
            let detail = "after is what an earlier page gave as next, unchanged";
            Problem::new(problem::INVALID_QUERY, detail)
        })?,
    };
    // One more than asked tells whether there is a next page.
    let query = rows::of_customer(&api.pool, customer.as_str(), before, limit + 1);
    let mut orders = assembly::read(query).await?;
    let more = orders.len() as i64 > limit;
    orders.truncate(limit as usize);
    let next = orders.last().filter(|_| more).map(cursor);
    Ok(Json(Orders { orders, next }))
}

fn cursor(last: &OrderRow) -> String {
    format!("{}.{}", last.placed_at_ms, last.order_id.simple())
}

fn parse(cursor: &str) -> Option<(i64, Uuid)> {
    let (placed_at_ms, order_id) = cursor.split_once('.')?;
    Some((placed_at_ms.parse().ok()?, order_id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use uuid::Uuid;

    #[test]
    fn a_cursor_is_what_we_gave_or_nothing() {
        let id = Uuid::from_u128(7);
        assert_eq!(parse(&format!("12.{}", id.simple())), Some((12, id)));
        for wrong in ["", "12", "x.y", "12.", ".7"] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }
}
