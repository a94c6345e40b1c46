//! The read model in SQL: rows and offset in one transaction.

use messaging::store::{CommitError, StoreError};
use order_view::{
    lease::Projecting,
    read_model::{ReadModel, Transaction},
    view::Glimpse,
};
use orders_contract::OrderId;
use sqlx::{PgConnection, PgPool, Postgres, Row, postgres::PgRow, types::Json};
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

/// The read model in PostgreSQL.
pub struct PgReadModel(pub PgPool);

impl ReadModel for PgReadModel {
    type Tx = PgTx;

    async fn look(&self) -> Result<Projecting, StoreError> {
        let row = sqlx::query(PROJECTING).fetch_one(&self.0).await?;
        Ok(projecting(&row)?)
    }

    async fn begin(&self) -> Result<PgTx, StoreError> {
        Ok(PgTx(self.0.begin().await?))
    }
}

const PROJECTING: &str =
    "select epoch, owner, lease_until_ms, next_offset from projector where id = 1";
const PROJECTING_FOR_UPDATE: &str =
    "select epoch, owner, lease_until_ms, next_offset from projector where id = 1 for update";

fn projecting(row: &PgRow) -> Result<Projecting, sqlx::Error> {
    Ok(Projecting {
        epoch: row.try_get("epoch")?,
        owner: row.try_get("owner")?,
        lease_until_ms: row.try_get("lease_until_ms")?,
        next_offset: row.try_get("next_offset")?,
    })
}

pub struct PgTx(sqlx::Transaction<'static, Postgres>);

impl Transaction for PgTx {
    async fn projecting(&mut self) -> Result<Projecting, StoreError> {
        let row = sqlx::query(PROJECTING_FOR_UPDATE);
        Ok(projecting(&row.fetch_one(&mut *self.0).await?)?)
    }

    async fn keep(&mut self, row: &Projecting) -> Result<(), StoreError> {
        sqlx::query(
            "update projector set epoch = $1, owner = $2, lease_until_ms = $3, next_offset = $4
             where id = 1",
        )
        .bind(row.epoch)
        .bind(&row.owner)
        .bind(row.lease_until_ms)
        .bind(row.next_offset)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn show(&mut self, glimpses: &BTreeMap<OrderId, Glimpse>) -> Result<(), StoreError> {
        upsert(&mut self.0, glimpses).await?;
        sqlx::query("select pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(Changed::payload(glimpses.keys()))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn commit(self) -> Result<(), CommitError> {
        // Whatever went wrong, the projector asks for the offset that was committed.
        let committed = self.0.commit().await;
        committed.map_err(|error| CommitError::Unknown(error.to_string()))
    }
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
