//! Reading the rows that the commands touch.

use inventory_core::{
    Command,
    state::{Pick, Receipt, Reservation, Stock},
};
use orders_contract::{OrderId, Sku};
use serde::Deserialize;
use sqlx::{PgConnection, Row, types::Json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A pick as it stands in `reservations.lines`.
#[derive(Deserialize)]
struct PickColumn {
    sku: Sku,
    quantity: i64,
}

pub async fn reservations(
    conn: &mut PgConnection,
    commands: &[Command],
) -> Result<BTreeMap<OrderId, Reservation>, sqlx::Error> {
    let ids: Vec<Uuid> = (commands.iter())
        .filter_map(|command| command.order_id().map(|id| id.0))
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Uuid, String, Json<Vec<PickColumn>>)> = sqlx::query_as(
        "select order_id, state, lines from reservations
         where order_id = any($1) order by order_id for update",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(id, state, Json(lines))| {
            let picks = (lines.into_iter())
                .map(|PickColumn { sku, quantity }| Pick { sku, quantity })
                .collect();
            let reservation = match state.as_str() {
                "reserved" => Reservation::Reserved { picks },
                "released" => Reservation::Released { picks },
                "dispatched" => Reservation::Dispatched { picks },
                "refused" => Reservation::Refused,
                "voided" => Reservation::Voided,
                other => return Err(decode(format!("unknown state {other:?}"))),
            };
            Ok((OrderId(id), reservation))
        })
        .collect()
}

pub async fn receipts(
    conn: &mut PgConnection,
    commands: &[Command],
) -> Result<BTreeMap<Uuid, Receipt>, sqlx::Error> {
    let ids: Vec<Uuid> = commands
        .iter()
        .filter_map(|command| match command {
            Command::Receive { receipt_id, .. } => Some(*receipt_id),
            Command::SetPrice { .. }
            | Command::Reserve(_)
            | Command::Release { .. }
            | Command::Dispatch { .. } => None,
        })
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Uuid, String, i64)> =
        sqlx::query_as("select receipt_id, sku, quantity from receipts where receipt_id = any($1)")
            .bind(&ids)
            .fetch_all(conn)
            .await?;
    rows.into_iter()
        .map(|(id, sku, quantity)| {
            let sku = Sku::try_from(sku).map_err(decode)?;
            Ok((id, Receipt { sku, quantity }))
        })
        .collect()
}

/// Those named by the commands, and those whose reservations the commands move.
pub async fn skus(
    conn: &mut PgConnection,
    commands: &[Command],
    reservations: &BTreeMap<OrderId, Reservation>,
) -> Result<BTreeMap<Sku, Stock>, sqlx::Error> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for command in commands {
        match command {
            Command::SetPrice { sku, .. } | Command::Receive { sku, .. } => {
                names.insert(sku.as_str());
            }
            Command::Reserve(facts) => {
                names.extend(facts.lines.iter().map(|line| line.sku.as_str()));
            }
            Command::Release { .. } | Command::Dispatch { .. } => {}
        }
    }
    let reserved = reservations.values().flat_map(Reservation::picks);
    names.extend(reserved.map(|pick| pick.sku.as_str()));
    let names: Vec<&str> = names.into_iter().collect();
    let rows = sqlx::query(
        "select sku, unit_price_minor, price_version, on_hand, reserved, shipped
         from skus where sku = any($1) order by sku for update",
    )
    .bind(&names)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let sku = Sku::try_from(row.try_get::<String, _>("sku")?).map_err(decode)?;
            let stock = Stock {
                unit_price_minor: row.try_get("unit_price_minor")?,
                price_version: row.try_get("price_version")?,
                on_hand: row.try_get("on_hand")?,
                reserved: row.try_get("reserved")?,
                shipped: row.try_get("shipped")?,
            };
            Ok((sku, stock))
        })
        .collect()
}

fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
