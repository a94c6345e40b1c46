//! Reading the read model.

use orders_contract::{Line, Status};
use serde::Serialize;
use sqlx::{PgExecutor, PgPool, Row, postgres::PgRow, types::Json};
use uuid::Uuid;

/// An order as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderRow {
    pub order_id: Uuid,
    pub customer: String,
    pub status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub coordination: String,
    pub version: i64,
    pub total_minor: i64,
    pub lines: Vec<Line>,
    pub placed_at_ms: i64,
}

/// Those of `ids` that are whole.
pub async fn by_ids(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> Result<Vec<OrderRow>, sqlx::Error> {
    let rows = sqlx::query(
        "select order_id, customer, status, reason, coordination, version, total_minor, lines,
                placed_at_ms
         from orders where order_id = any($1) and placed_at_ms is not null",
    )
    .bind(ids)
    .fetch_all(executor)
    .await?;
    rows.iter().map(order).collect()
}

/// A customer's orders, newest first, those before the cursor.
pub async fn of_customer(
    pool: &PgPool,
    customer: &str,
    before: (i64, Uuid),
    limit: i64,
) -> Result<Vec<OrderRow>, sqlx::Error> {
    let rows = sqlx::query(
        "select order_id, customer, status, reason, coordination, version, total_minor, lines,
                placed_at_ms
         from orders where customer = $1 and (placed_at_ms, order_id) < ($2, $3)
         order by placed_at_ms desc, order_id desc limit $4",
    )
    .bind(customer)
    .bind(before.0)
    .bind(before.1)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter().map(order).collect()
}

fn order(row: &PgRow) -> Result<OrderRow, sqlx::Error> {
    let status: &str = row.try_get("status")?;
    let Json(lines) = row.try_get("lines")?;
    Ok(OrderRow {
        order_id: row.try_get("order_id")?,
        customer: row.try_get("customer")?,
        status: Status::parse(status)
            .ok_or_else(|| sqlx::Error::Decode(format!("unknown status {status:?}").into()))?,
        reason: row.try_get("reason")?,
        coordination: row.try_get("coordination")?,
        version: row.try_get("version")?,
        total_minor: row.try_get("total_minor")?,
        lines,
        placed_at_ms: row.try_get("placed_at_ms")?,
    })
}
