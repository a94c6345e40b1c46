//! Reading the rows that the commands touch.

use orders_contract::{CustomerId, OrderId};
use payments_core::{
    Command,
    state::{Account, Charge, Deposit, Payment},
};
use sqlx::{PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub async fn payments(
    conn: &mut PgConnection,
    commands: &[Command],
) -> Result<BTreeMap<OrderId, Payment>, sqlx::Error> {
    let ids: Vec<Uuid> = (commands.iter())
        .filter_map(|command| command.order_id().map(|id| id.0))
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Uuid, String, i64, String)> = sqlx::query_as(
        "select order_id, customer, amount_minor, state from payments
         where order_id = any($1) order by order_id for update",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(id, customer, amount_minor, state)| {
            let charge = || {
                Ok::<_, sqlx::Error>(Charge {
                    customer: CustomerId::try_from(customer).map_err(decode)?,
                    amount_minor,
                })
            };
            let payment = match state.as_str() {
                "held" => Payment::Held(charge()?),
                "released" => Payment::Released(charge()?),
                "captured" => Payment::Captured(charge()?),
                "refused" => Payment::Refused(charge()?),
                "voided" => Payment::Voided,
                other => return Err(decode(format!("unknown state {other:?}"))),
            };
            Ok((OrderId(id), payment))
        })
        .collect()
}

pub async fn deposits(
    conn: &mut PgConnection,
    commands: &[Command],
) -> Result<BTreeMap<Uuid, Deposit>, sqlx::Error> {
    let ids: Vec<Uuid> = commands
        .iter()
        .filter_map(|command| match command {
            Command::Deposit { deposit_id, .. } => Some(*deposit_id),
            Command::Block { .. }
            | Command::Hold(_)
            | Command::Release { .. }
            | Command::Capture { .. } => None,
        })
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Uuid, String, i64)> = sqlx::query_as(
        "select deposit_id, customer, amount_minor from deposits where deposit_id = any($1)",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(id, customer, amount_minor)| {
            let customer = CustomerId::try_from(customer).map_err(decode)?;
            Ok((
                id,
                Deposit {
                    customer,
                    amount_minor,
                },
            ))
        })
        .collect()
}

/// Those named by the commands, and those whose payments the commands move.
pub async fn accounts(
    conn: &mut PgConnection,
    commands: &[Command],
    payments: &BTreeMap<OrderId, Payment>,
) -> Result<BTreeMap<CustomerId, Account>, sqlx::Error> {
    let named = commands.iter().filter_map(|command| match command {
        Command::Deposit { customer, .. } | Command::Block { customer } => Some(customer),
        Command::Hold(facts) => Some(&facts.customer),
        Command::Release { .. } | Command::Capture { .. } => None,
    });
    let charged = (payments.values()).filter_map(|payment| payment.charge().map(|c| &c.customer));
    let customers: BTreeSet<&str> = named.chain(charged).map(CustomerId::as_str).collect();
    let customers: Vec<&str> = customers.into_iter().collect();
    let rows = sqlx::query(
        "select customer, available_minor, held_minor, captured_minor, refunded_minor, blocked
         from accounts where customer = any($1) order by customer for update",
    )
    .bind(&customers)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let customer = CustomerId::try_from(row.try_get::<String, _>("customer")?);
            let account = Account {
                available_minor: row.try_get("available_minor")?,
                held_minor: row.try_get("held_minor")?,
                captured_minor: row.try_get("captured_minor")?,
                refunded_minor: row.try_get("refunded_minor")?,
                blocked: row.try_get("blocked")?,
            };
            Ok((customer.map_err(decode)?, account))
        })
        .collect()
}

fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
