//! The projection: rows and offset in one transaction, fenced by the projector's row.

use crate::view::Glimpse;
use orders_contract::OrderId;
use sqlx::{PgConnection, PgPool, types::Json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Told to whoever waits for an order: which ones changed. The rows say how.
pub const CHANNEL: &str = "orders_changed";
/// A notification has at most 8,000 bytes; an id and its separator take 33.
const NAMED_MAX: usize = 240;

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    These(Vec<Uuid>),
    /// More than fit, or a text that is not ours: any may have.
    Some,
}

impl Changed {
    pub fn parse(payload: &str) -> Self {
        let ids: Result<_, _> = payload.split(' ').map(Uuid::try_parse).collect();
        ids.map_or(Self::Some, Self::These)
    }

    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::These(mut ids), Self::These(more)) => {
                ids.extend(more);
                Self::These(ids)
            }
            (Self::Some, _) | (_, Self::Some) => Self::Some,
        }
    }

    fn payload<'a>(ids: impl ExactSizeIterator<Item = &'a OrderId>) -> String {
        if ids.len() > NAMED_MAX {
            return String::new();
        }
        let ids: Vec<String> = ids.map(|id| id.0.simple().to_string()).collect();
        ids.join(" ")
    }
}

/// The right to project, until someone takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Grows with every holder: an earlier one finds its own gone.
    pub epoch: i64,
    pub next_offset: i64,
}

/// Whether a write of the projector took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fencing {
    Held,
    /// Another instance projects now; nothing was written.
    Lost,
}

/// Takes the lease if it is ours, or nobody's any more.
pub async fn claim(
    pool: &PgPool,
    owner: &str,
    now_ms: i64,
    lease_ms: i64,
) -> Result<Option<Lease>, sqlx::Error> {
    sqlx::query(
        "insert into projector (id, epoch, owner, lease_until_ms, next_offset)
         values (1, 0, '', 0, 0) on conflict do nothing",
    )
    .execute(pool)
    .await?;
    let row: Option<(i64, i64)> = sqlx::query_as(
        "update projector set epoch = epoch + 1, owner = $1, lease_until_ms = $2
         where id = 1 and (owner = $1 or lease_until_ms < $3)
         returning epoch, next_offset",
    )
    .bind(owner)
    .bind(now_ms + lease_ms)
    .bind(now_ms)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|(epoch, next_offset)| Lease { epoch, next_offset }))
}

/// Gives the lease back, so that the other instance need not wait for it to run out.
pub async fn release(pool: &PgPool, lease: Lease) -> Result<(), sqlx::Error> {
    sqlx::query("update projector set lease_until_ms = 0 where id = 1 and epoch = $1")
        .bind(lease.epoch)
        .execute(pool)
        .await?;
    Ok(())
}

/// Moves the offset and the lease; in the transaction of the rows, or on its own to
/// keep the lease while the log is silent.
pub async fn advance(
    conn: &mut PgConnection,
    lease: Lease,
    lease_until_ms: i64,
) -> Result<Fencing, sqlx::Error> {
    let moved = sqlx::query(
        "update projector set next_offset = $2, lease_until_ms = $3
         where id = 1 and epoch = $1",
    )
    .bind(lease.epoch)
    .bind(lease.next_offset)
    .bind(lease_until_ms)
    .execute(conn)
    .await?;
    Ok(if moved.rows_affected() == 1 {
        Fencing::Held
    } else {
        Fencing::Lost
    })
}

/// Rows and offset, or neither. `lease` carries the offset after the batch.
pub async fn project(
    pool: &PgPool,
    lease: Lease,
    lease_until_ms: i64,
    glimpses: &BTreeMap<OrderId, Glimpse>,
) -> Result<Fencing, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    if advance(&mut transaction, lease, lease_until_ms).await? == Fencing::Lost {
        return Ok(Fencing::Lost);
    }
    if !glimpses.is_empty() {
        upsert(&mut transaction, glimpses).await?;
        sqlx::query("select pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(Changed::payload(glimpses.keys()))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(Fencing::Held)
}

/// Guarded by version: what is known already, or newer, stays.
async fn upsert(
    conn: &mut PgConnection,
    glimpses: &BTreeMap<OrderId, Glimpse>,
) -> Result<(), sqlx::Error> {
    let rows = || glimpses.values();
    let facts = || rows().map(|g| g.placed.as_ref().map(|(facts, _)| facts));
    let customers: Vec<Option<&str>> = facts().map(|f| f.map(|f| f.customer.as_str())).collect();
    let totals: Vec<Option<i64>> = facts().map(|f| f.map(|f| f.total_minor)).collect();
    let lines: Vec<_> = facts().map(|f| f.map(|f| Json(&f.lines))).collect();
    let placed: Vec<Option<i64>> = rows()
        .map(|g| g.placed.as_ref().map(|(_, placed_at_ms)| *placed_at_ms))
        .collect();
    sqlx::query(
        "insert into orders (order_id, version, status, reason, coordination, customer,
                             total_minor, lines, placed_at_ms)
         select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[],
                              $6::text[], $7::bigint[], $8::jsonb[], $9::bigint[])
         on conflict (order_id) do update set
             status = case when excluded.version > orders.version
                           then excluded.status else orders.status end,
             reason = case when excluded.version > orders.version
                           then excluded.reason else orders.reason end,
             version = greatest(excluded.version, orders.version),
             customer = coalesce(orders.customer, excluded.customer),
             total_minor = coalesce(orders.total_minor, excluded.total_minor),
             lines = coalesce(orders.lines, excluded.lines),
             placed_at_ms = coalesce(orders.placed_at_ms, excluded.placed_at_ms)",
    )
    .bind(glimpses.keys().map(|id| id.0).collect::<Vec<_>>())
    .bind(rows().map(|g| g.version).collect::<Vec<_>>())
    .bind(rows().map(|g| g.status.as_str()).collect::<Vec<_>>())
    .bind(
        rows()
            .map(|g| g.reason.map(|r| r.as_str()))
            .collect::<Vec<_>>(),
    )
    .bind(rows().map(|g| g.coordination.as_str()).collect::<Vec<_>>())
    .bind(customers)
    .bind(totals)
    .bind(lines)
    .bind(placed)
    .execute(conn)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_names_what_changed() {
        let ids = [OrderId(Uuid::from_u128(1)), OrderId(Uuid::from_u128(2))];
        let heard = Changed::parse(&Changed::payload(ids.iter()));
        assert_eq!(heard, Changed::These(vec![ids[0].0, ids[1].0]));
    }

    #[test]
    fn the_longest_notification_fits_and_one_more_change_names_none() {
        let ids: Vec<_> = (0..=NAMED_MAX as u128)
            .map(|id| OrderId(Uuid::from_u128(id)))
            .collect();
        assert!(Changed::payload(ids[1..].iter()).len() < 8_000);
        assert_eq!(Changed::parse(&Changed::payload(ids.iter())), Changed::Some);
    }

    #[test]
    fn anything_with_what_names_none_is_any() {
        let one = Changed::These(vec![Uuid::from_u128(1)]);
        assert_eq!(one.clone().and(Changed::Some), Changed::Some);
        assert_eq!(Changed::Some.and(one), Changed::Some);
    }
}
