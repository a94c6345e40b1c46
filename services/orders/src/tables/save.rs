//! Writing what changed, a statement a table. A row that another instance inserted
//! meanwhile is a unique violation, and the whole batch is decided again.

use decider::Changes;
use orders_contract::OrderId;
use orders_core::{Event, State, state::Order};
use sqlx::{PgConnection, types::Json};

pub async fn orders(
    conn: &mut PgConnection,
    before: &State,
    after: &State,
) -> Result<(), sqlx::Error> {
    let Changes { new, known } = Changes::between(&before.orders, &after.orders);
    if !new.is_empty() {
        insert(conn, &new).await?;
    }
    if !known.is_empty() {
        update(conn, &known).await?;
    }
    Ok(())
}

type Rows<'a> = [(&'a OrderId, &'a Order)];

fn column<T>(rows: &Rows<'_>, of: impl Fn(&Order) -> T) -> Vec<T> {
    rows.iter().map(|(_, order)| of(order)).collect()
}

/// Whole: one that is placed and ended in the same batch begins at its end.
async fn insert(conn: &mut PgConnection, rows: &Rows<'_>) -> Result<(), sqlx::Error> {
    let customers: Vec<&str> = rows
        .iter()
        .map(|(_, o)| o.facts.customer.as_str())
        .collect();
    let lines: Vec<_> = rows.iter().map(|(_, o)| Json(&o.facts.lines)).collect();
    let addresses: Vec<_> = rows.iter().map(|(_, o)| Json(&o.facts.ship_to)).collect();
    sqlx::query(
        "insert into orders (order_id, fingerprint, customer, coordination, total_minor, lines,
             ship_to, placed_at_ms, deadline_at_ms, status, reason, version, pivot_passed,
             captured, dispatched, cancel_attempts, terminal_at_ms)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[],
             $6::jsonb[], $7::jsonb[], $8::bigint[], $9::bigint[], $10::text[], $11::text[],
             $12::bigint[], $13::boolean[], $14::boolean[], $15::boolean[], $16::integer[],
             $17::bigint[])",
    )
    .bind(column(rows, |o| o.facts.order_id.0))
    .bind(column(rows, |o| o.fingerprint))
    .bind(customers)
    .bind(column(rows, |o| o.coordination.as_str()))
    .bind(column(rows, |o| o.facts.total_minor))
    .bind(lines)
    .bind(addresses)
    .bind(column(rows, |o| o.placed_at_ms))
    .bind(column(rows, |o| o.deadline_at_ms))
    .bind(column(rows, |o| o.status.as_str()))
    .bind(column(rows, |o| o.reason.map(|r| r.as_str())))
    .bind(column(rows, |o| o.version))
    .bind(column(rows, |o| o.pivot_passed))
    .bind(column(rows, |o| o.captured))
    .bind(column(rows, |o| o.dispatched))
    .bind(column(rows, |o| o.cancel_attempts))
    .bind(column(rows, |o| o.terminal_at_ms))
    .execute(conn)
    .await?;
    Ok(())
}

async fn update(conn: &mut PgConnection, rows: &Rows<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update orders set status = new.status, reason = new.reason, version = new.version,
             pivot_passed = new.pivot_passed, captured = new.captured,
             dispatched = new.dispatched, cancel_attempts = new.cancel_attempts,
             deadline_at_ms = new.deadline_at_ms, terminal_at_ms = new.terminal_at_ms
         from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::boolean[],
                     $6::boolean[], $7::boolean[], $8::integer[], $9::bigint[], $10::bigint[])
             as new (order_id, status, reason, version, pivot_passed, captured, dispatched,
                     cancel_attempts, deadline_at_ms, terminal_at_ms)
         where orders.order_id = new.order_id",
    )
    .bind(column(rows, |o| o.facts.order_id.0))
    .bind(column(rows, |o| o.status.as_str()))
    .bind(column(rows, |o| o.reason.map(|r| r.as_str())))
    .bind(column(rows, |o| o.version))
    .bind(column(rows, |o| o.pivot_passed))
    .bind(column(rows, |o| o.captured))
    .bind(column(rows, |o| o.dispatched))
    .bind(column(rows, |o| o.cancel_attempts))
    .bind(column(rows, |o| o.deadline_at_ms))
    .bind(column(rows, |o| o.terminal_at_ms))
    .execute(conn)
    .await?;
    Ok(())
}

/// Guarded by version, so that two instances may learn in any order without a lock.
pub async fn catalogue(conn: &mut PgConnection, events: &[Event]) -> Result<(), sqlx::Error> {
    let mut learned = std::collections::BTreeMap::new();
    for event in events {
        if let Event::PriceLearned {
            sku,
            unit_price_minor,
            version,
        } = event
        {
            learned.insert(sku.as_str(), (*unit_price_minor, *version));
        }
    }
    if learned.is_empty() {
        return Ok(());
    }
    let skus: Vec<&str> = learned.keys().copied().collect();
    let prices: Vec<i64> = learned.values().map(|(price, _)| *price).collect();
    let versions: Vec<i64> = learned.values().map(|(_, version)| *version).collect();
    sqlx::query(
        "insert into catalogue (sku, unit_price_minor, version)
         select * from unnest($1::text[], $2::bigint[], $3::bigint[])
         on conflict (sku) do update
         set unit_price_minor = excluded.unit_price_minor, version = excluded.version
         where catalogue.version < excluded.version",
    )
    .bind(skus)
    .bind(prices)
    .bind(versions)
    .execute(conn)
    .await?;
    Ok(())
}
