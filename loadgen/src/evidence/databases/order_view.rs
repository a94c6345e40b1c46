//! The read model.

use std::collections::BTreeSet;

use checkers::state::{OrderViewRows, ViewRow};
use sqlx::types::Json;
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use super::{of, snapshot, status, totals};
use crate::endpoints::Secrets;

pub async fn read(secrets: &Secrets) -> Result<OrderViewRows, String> {
    let mut connection = snapshot(secrets, "order_view").await?;
    let rows = rows(&mut connection).await.map_err(of("order_view"))?;
    connection.close().await.map_err(of("order_view"))?;
    Ok(rows)
}

/// Rows of the run's customers, and rows of no known order.
pub fn of_the_run(
    mut rows: OrderViewRows,
    ours: impl Fn(&str) -> bool,
    foreign: &BTreeSet<Uuid>,
) -> OrderViewRows {
    rows.orders
        .retain(|row| ours(&row.customer) || !foreign.contains(&row.order_id));
    rows
}

/// A row whose order was not placed yet, as far as the projection knows, has no facts: shown as empty.
async fn rows(connection: &mut PgConnection) -> Result<OrderViewRows, sqlx::Error> {
    let query = "select order_id, coalesce(customer, '') as customer, status, reason, coordination, version, \
        coalesce(total_minor, 0) as total_minor, coalesce(lines, '[]') as lines, \
        coalesce(placed_at_ms, 0) as placed_at_ms from orders order by order_id";
    let rows = sqlx::query(query).fetch_all(&mut *connection).await?;
    let orders = rows
        .iter()
        .map(|row| {
            Ok(ViewRow {
                order_id: row.try_get("order_id")?,
                customer: row.try_get("customer")?,
                status: status(row, "status")?,
                reason: row.try_get("reason")?,
                coordination: row.try_get("coordination")?,
                version: row.try_get("version")?,
                total_minor: row.try_get("total_minor")?,
                lines: row.try_get::<Json<_>, _>("lines")?.0,
                placed_at_ms: row.try_get("placed_at_ms")?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let totals = totals(
        connection,
        "select status, count(*) from orders group by status",
    )
    .await?;
    Ok(OrderViewRows { orders, totals })
}
