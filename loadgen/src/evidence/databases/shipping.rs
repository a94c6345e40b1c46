//! Shipments: the pivot of every saga.

use std::collections::BTreeSet;

use checkers::state::{ShipmentRow, ShippingRows};
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use super::{mailbox, of, snapshot, totals};
use crate::endpoints::Secrets;
use crate::evidence::Scope;

pub async fn read(secrets: &Secrets, scope: &Scope) -> Result<ShippingRows, String> {
    let mut connection = snapshot(secrets, "shipping").await?;
    let rows = rows(&mut connection, scope).await.map_err(of("shipping"))?;
    connection.close().await.map_err(of("shipping"))?;
    Ok(rows)
}

/// Without what belongs to orders of others.
pub fn of_the_run(mut rows: ShippingRows, foreign: &BTreeSet<Uuid>) -> ShippingRows {
    rows.shipments
        .retain(|row| !foreign.contains(&row.order_id));
    rows
}

async fn rows(connection: &mut PgConnection, scope: &Scope) -> Result<ShippingRows, sqlx::Error> {
    let query = "select order_id, state from shipments order by order_id";
    let rows = sqlx::query(query).fetch_all(&mut *connection).await?;
    let shipments = rows
        .iter()
        .map(|row| {
            Ok(ShipmentRow {
                order_id: row.try_get("order_id")?,
                state: row.try_get("state")?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let totals = totals(
        connection,
        "select state, count(*) from shipments group by state",
    )
    .await?;
    let mailbox = mailbox::read(connection, scope).await?;
    Ok(ShippingRows {
        shipments,
        totals,
        mailbox,
    })
}
