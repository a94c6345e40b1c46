//! The orders of the run, and the ids of everybody else's.

use std::collections::BTreeSet;

use checkers::state::{OrderRow, OrdersRows};
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use super::{mailbox, of, priced_lines, prices, snapshot, status, totals};
use crate::endpoints::Secrets;
use crate::evidence::Scope;

const OURS: &str = "select order_id, customer, status, reason, coordination, version, total_minor, lines, \
    ship_to ->> 'postcode' as postcode, placed_at_ms, terminal_at_ms \
    from orders where starts_with(customer, $1) order by order_id";

pub async fn read(
    secrets: &Secrets,
    scope: &Scope,
) -> Result<(OrdersRows, BTreeSet<Uuid>), String> {
    let mut connection = snapshot(secrets, "orders").await?;
    let rows = rows(&mut connection, scope).await.map_err(of("orders"))?;
    connection.close().await.map_err(of("orders"))?;
    Ok(rows)
}

async fn rows(
    connection: &mut PgConnection,
    scope: &Scope,
) -> Result<(OrdersRows, BTreeSet<Uuid>), sqlx::Error> {
    let rows = sqlx::query(OURS)
        .bind(&scope.prefix)
        .fetch_all(&mut *connection)
        .await?;
    let orders = rows
        .iter()
        .map(|row| {
            Ok(OrderRow {
                order_id: row.try_get("order_id")?,
                customer: row.try_get("customer")?,
                status: status(row, "status")?,
                reason: row.try_get("reason")?,
                coordination: row.try_get("coordination")?,
                version: row.try_get("version")?,
                total_minor: row.try_get("total_minor")?,
                lines: priced_lines(row)?,
                postcode: row
                    .try_get::<Option<String>, _>("postcode")?
                    .unwrap_or_default(),
                placed_at_ms: row.try_get("placed_at_ms")?,
                terminal_at_ms: row.try_get("terminal_at_ms")?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let catalogue = "select sku, unit_price_minor, version from catalogue \
        where starts_with(sku, $1) order by sku";
    let catalogue = prices(connection, catalogue, scope).await?;
    let foreign = "select order_id, placed_at_ms from orders where not starts_with(customer, $1)";
    let rows = sqlx::query(foreign)
        .bind(&scope.prefix)
        .fetch_all(&mut *connection)
        .await?;
    let mut ids = BTreeSet::new();
    let mut foreign_orders = 0;
    for row in &rows {
        ids.insert(row.try_get("order_id")?);
        if row.try_get::<i64, _>("placed_at_ms")? >= scope.started_ms as i64 {
            foreign_orders += 1;
        }
    }
    let totals = totals(
        connection,
        "select status, count(*) from orders group by status",
    )
    .await?;
    let mailbox = mailbox::read(connection, scope).await?;
    Ok((
        OrdersRows {
            orders,
            catalogue,
            totals,
            foreign_orders,
            mailbox,
        },
        ids,
    ))
}
