//! Reading the rows that the commands touch.

use orders_contract::{CustomerId, Line, OrderFacts, OrderId, Reason, ShipTo, Sku, Status};
use orders_core::{
    Command,
    state::{Order, Price},
};
use sqlx::{PgConnection, Row, postgres::PgRow, types::Json};
use std::collections::BTreeMap;
use uuid::Uuid;

pub async fn orders(
    conn: &mut PgConnection,
    commands: &[Command],
) -> Result<BTreeMap<OrderId, Order>, sqlx::Error> {
    let ids: Vec<Uuid> = (commands.iter())
        .filter_map(|command| command.order_id().map(|id| id.0))
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = sqlx::query(
        "select order_id, fingerprint, customer, status, reason, coordination, version,
                total_minor, lines, ship_to, pivot_passed, captured, dispatched,
                cancel_attempts, deadline_at_ms, placed_at_ms, terminal_at_ms
         from orders where order_id = any($1) order by order_id for update",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    rows.iter().map(order).collect()
}

fn order(row: &PgRow) -> Result<(OrderId, Order), sqlx::Error> {
    let order_id = OrderId(row.try_get("order_id")?);
    let status: &str = row.try_get("status")?;
    let reason: Option<&str> = row.try_get("reason")?;
    let Json(lines): Json<Vec<Line>> = row.try_get("lines")?;
    let Json(ship_to): Json<ShipTo> = row.try_get("ship_to")?;
    let order = Order {
        facts: OrderFacts {
            order_id,
            customer: CustomerId::try_from(row.try_get::<String, _>("customer")?)
                .map_err(decode)?,
            lines,
            total_minor: row.try_get("total_minor")?,
            ship_to,
        },
        fingerprint: row.try_get("fingerprint")?,
        coordination: (row.try_get::<&str, _>("coordination")?)
            .parse()
            .map_err(|error: decider::coordination::UnknownCoordination| decode(error))?,
        status: Status::parse(status)
            .ok_or_else(|| decode(format!("unknown status {status:?}")))?,
        reason: match reason {
            None => None,
            Some(word) => Some(
                Reason::parse(word).ok_or_else(|| decode(format!("unknown reason {word:?}")))?,
            ),
        },
        version: row.try_get("version")?,
        pivot_passed: row.try_get("pivot_passed")?,
        captured: row.try_get("captured")?,
        dispatched: row.try_get("dispatched")?,
        cancel_attempts: row.try_get("cancel_attempts")?,
        deadline_at_ms: row.try_get("deadline_at_ms")?,
        placed_at_ms: row.try_get("placed_at_ms")?,
        terminal_at_ms: row.try_get("terminal_at_ms")?,
    };
    Ok((order_id, order))
}

/// Not locked: a price only ever gets newer, and an order keeps the one it was placed at.
pub async fn catalogue(
    conn: &mut PgConnection,
    commands: &[Command],
) -> Result<BTreeMap<Sku, Price>, sqlx::Error> {
    let mut names: Vec<&str> = vec![];
    for command in commands {
        match command {
            Command::Place(placement) => {
                names.extend(placement.items.iter().map(|item| item.sku.as_str()));
            }
            Command::LearnPrice { sku, .. } => names.push(sku.as_str()),
            Command::RequestCancel { .. }
            | Command::DeadlineReached { .. }
            | Command::NotePivot { .. }
            | Command::NoteCaptured { .. }
            | Command::NoteDispatched { .. }
            | Command::Confirm { .. }
            | Command::Reject { .. }
            | Command::Cancel { .. } => {}
        }
    }
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    names.sort_unstable();
    names.dedup();
    let rows: Vec<(String, i64, i64)> =
        sqlx::query_as("select sku, unit_price_minor, version from catalogue where sku = any($1)")
            .bind(&names)
            .fetch_all(conn)
            .await?;
    rows.into_iter()
        .map(|(sku, unit_price_minor, version)| {
            let price = Price {
                unit_price_minor,
                version,
            };
            Ok((Sku::try_from(sku).map_err(decode)?, price))
        })
        .collect()
}

fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
