//! Writing what changed, a statement a table. A row that another instance inserted
//! meanwhile is a unique violation, and the whole batch is decided again.

use decider::Changes;
use inventory_core::{
    Event, State,
    ledger::movements,
    state::{Reservation, Stock},
};
use orders_contract::{OrderId, Sku};
use serde_json::json;
use sqlx::{PgConnection, postgres::PgArguments, query::Query};
use uuid::Uuid;

type Statement = Query<'static, sqlx::Postgres, PgArguments>;

pub async fn skus(
    conn: &mut PgConnection,
    before: &State,
    after: &State,
) -> Result<(), sqlx::Error> {
    let Changes { new, known } = Changes::between(&before.skus, &after.skus);
    if !new.is_empty() {
        let insert = sqlx::query(
            "insert into skus (sku, unit_price_minor, price_version, on_hand, reserved, shipped)
             select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[],
                                  $5::bigint[], $6::bigint[])",
        );
        bind_skus(insert, &new).execute(&mut *conn).await?;
    }
    if !known.is_empty() {
        let update = sqlx::query(
            "update skus set unit_price_minor = new.unit_price_minor,
                 price_version = new.price_version, on_hand = new.on_hand,
                 reserved = new.reserved, shipped = new.shipped
             from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
                         $6::bigint[])
                 as new (sku, unit_price_minor, price_version, on_hand, reserved, shipped)
             where skus.sku = new.sku",
        );
        bind_skus(update, &known).execute(conn).await?;
    }
    Ok(())
}

fn bind_skus(statement: Statement, rows: &[(&Sku, &Stock)]) -> Statement {
    let column = |of: fn(&Stock) -> i64| rows.iter().map(|(_, s)| of(s)).collect::<Vec<_>>();
    let names: Vec<String> = rows
        .iter()
        .map(|(sku, _)| sku.as_str().to_owned())
        .collect();
    statement
        .bind(names)
        .bind(column(|s| s.unit_price_minor))
        .bind(column(|s| s.price_version))
        .bind(column(|s| s.on_hand))
        .bind(column(|s| s.reserved))
        .bind(column(|s| s.shipped))
}

pub async fn reservations(
    conn: &mut PgConnection,
    before: &State,
    after: &State,
) -> Result<(), sqlx::Error> {
    let Changes { new, known } = Changes::between(&before.reservations, &after.reservations);
    if !new.is_empty() {
        let insert = sqlx::query(
            "insert into reservations (order_id, state, lines)
             select * from unnest($1::uuid[], $2::text[], $3::jsonb[])",
        );
        bind_reservations(insert, &new).execute(&mut *conn).await?;
    }
    if !known.is_empty() {
        let update = sqlx::query(
            "update reservations set state = new.state, lines = new.lines
             from unnest($1::uuid[], $2::text[], $3::jsonb[]) as new (order_id, state, lines)
             where reservations.order_id = new.order_id",
        );
        bind_reservations(update, &known).execute(conn).await?;
    }
    Ok(())
}

fn bind_reservations(statement: Statement, rows: &[(&OrderId, &Reservation)]) -> Statement {
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| id.0).collect();
    let states: Vec<&str> = rows.iter().map(|(_, r)| r.label()).collect();
    let lines: Vec<serde_json::Value> = (rows.iter())
        .map(|(_, reservation)| {
            (reservation.picks().iter())
                .map(|pick| json!({ "sku": pick.sku, "quantity": pick.quantity }))
                .collect()
        })
        .collect();
    statement.bind(ids).bind(states).bind(lines)
}

pub async fn receipts(
    conn: &mut PgConnection,
    before: &State,
    after: &State,
) -> Result<(), sqlx::Error> {
    let Changes { new, .. } = Changes::between(&before.receipts, &after.receipts);
    if new.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = new.iter().map(|(id, _)| **id).collect();
    let skus: Vec<&str> = new.iter().map(|(_, r)| r.sku.as_str()).collect();
    let quantities: Vec<i64> = new.iter().map(|(_, r)| r.quantity).collect();
    sqlx::query(
        "insert into receipts (receipt_id, sku, quantity)
         select * from unnest($1::uuid[], $2::text[], $3::bigint[])",
    )
    .bind(ids)
    .bind(skus)
    .bind(quantities)
    .execute(conn)
    .await?;
    Ok(())
}

/// Each movement once: the primary key refuses a second.
pub async fn stock_ledger(conn: &mut PgConnection, events: &[Event]) -> Result<(), sqlx::Error> {
    let movements: Vec<_> = events.iter().flat_map(movements).collect();
    if movements.is_empty() {
        return Ok(());
    }
    let causes: Vec<Uuid> = movements.iter().map(|m| m.cause).collect();
    let kinds: Vec<&str> = movements.iter().map(|m| m.kind).collect();
    let skus: Vec<&str> = movements.iter().map(|m| m.sku.as_str()).collect();
    let quantities: Vec<i64> = movements.iter().map(|m| m.quantity).collect();
    sqlx::query(
        "insert into stock_ledger (cause, kind, sku, quantity)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[])",
    )
    .bind(causes)
    .bind(kinds)
    .bind(skus)
    .bind(quantities)
    .execute(conn)
    .await?;
    Ok(())
}
