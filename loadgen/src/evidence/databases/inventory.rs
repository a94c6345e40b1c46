//! Stock, reservations and the stock ledger.

use std::collections::BTreeSet;

use checkers::state::{InventoryRows, ReservationRow, SkuRow, StockLedgerRow};
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use super::{mailbox, of, order_lines, prices, snapshot, totals};
use crate::endpoints::Secrets;
use crate::evidence::Scope;

pub async fn read(secrets: &Secrets, scope: &Scope) -> Result<InventoryRows, String> {
    let mut connection = snapshot(secrets, "inventory").await?;
    let rows = rows(&mut connection, scope)
        .await
        .map_err(of("inventory"))?;
    connection.close().await.map_err(of("inventory"))?;
    Ok(rows)
}

/// Without what belongs to orders of others.
pub fn of_the_run(mut rows: InventoryRows, foreign: &BTreeSet<Uuid>) -> InventoryRows {
    rows.reservations
        .retain(|row| !foreign.contains(&row.order_id));
    rows
}

async fn rows(connection: &mut PgConnection, scope: &Scope) -> Result<InventoryRows, sqlx::Error> {
    let query =
        "select sku, on_hand, reserved, shipped from skus where starts_with(sku, $1) order by sku";
    let rows = sqlx::query(query)
        .bind(&scope.prefix)
        .fetch_all(&mut *connection)
        .await?;
    let skus = rows
        .iter()
        .map(|row| {
            Ok(SkuRow {
                sku: row.try_get("sku")?,
                on_hand: row.try_get("on_hand")?,
                reserved: row.try_get("reserved")?,
                shipped: row.try_get("shipped")?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let query = "select sku, unit_price_minor, price_version as version from skus \
        where starts_with(sku, $1) order by sku";
    let prices = prices(connection, query, scope).await?;
    let query = "select order_id, state, lines from reservations order by order_id";
    let rows = sqlx::query(query).fetch_all(&mut *connection).await?;
    let reservations = rows
        .iter()
        .map(|row| {
            Ok(ReservationRow {
                order_id: row.try_get("order_id")?,
                state: row.try_get("state")?,
                lines: order_lines(row)?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let query = "select cause, kind, sku, quantity from stock_ledger where starts_with(sku, $1) \
        order by cause, kind, sku";
    let rows = sqlx::query(query)
        .bind(&scope.prefix)
        .fetch_all(&mut *connection)
        .await?;
    let ledger = rows
        .iter()
        .map(|row| {
            Ok(StockLedgerRow {
                cause: row.try_get("cause")?,
                kind: row.try_get("kind")?,
                sku: row.try_get("sku")?,
                quantity: row.try_get("quantity")?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let totals = totals(
        connection,
        "select state, count(*) from reservations group by state",
    )
    .await?;
    let mailbox = mailbox::read(connection, scope).await?;
    Ok(InventoryRows {
        skus,
        prices,
        reservations,
        ledger,
        totals,
        mailbox,
    })
}
