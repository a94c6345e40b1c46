//! The outbox outside of a batch.

use super::{PgStore, Tables};
use crate::{
    envelope::Envelope,
    store::{Level, Outbox, OutboxRow, StoreError},
};
use bytes::Bytes;
use decider::Decider;
use sqlx::{FromRow, Row, postgres::PgRow};
use telemetry::TraceContext;
use uuid::Uuid;

impl<P: Decider, T: Tables<P>> Outbox for PgStore<P, T> {
    async fn outbox_delete(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        sqlx::query("delete from outbox where message_id = any($1)")
            .bind(ids)
            .execute(&self.housekeeping)
            .await?;
        Ok(())
    }

    async fn outbox_claim(&self, now_ms: i64, rows_max: u32) -> Result<Vec<OutboxRow>, StoreError> {
        // The lease is `store::lease_ms` of the attempt that this claim begins.
        let rows = sqlx::query_as::<_, Claimed>(
            "update outbox
             set attempts = attempts + 1,
                 next_attempt_at_ms = $1 + least(5000::bigint << least(attempts + 1, 4), 60000)
             where message_id in (
                 select message_id from outbox
                 where next_attempt_at_ms <= $1
                 order by next_attempt_at_ms
                 limit $2
                 for update skip locked)
             returning *",
        )
        .bind(now_ms)
        .bind(i64::from(rows_max))
        .fetch_all(&self.housekeeping)
        .await?;
        Ok(rows.into_iter().map(|Claimed(row)| row).collect())
    }

    async fn outbox_level(&self) -> Result<Level, StoreError> {
        let (rows, oldest_at_ms): (i64, Option<i64>) =
            sqlx::query_as("select count(*), min(occurred_at_ms) from outbox")
                .fetch_one(&self.housekeeping)
                .await?;
        Ok(Level {
            rows: rows.unsigned_abs(),
            oldest_at_ms,
        })
    }

    async fn inbox_prune(&self, before_ms: i64, rows_max: u32) -> Result<u64, StoreError> {
        let pruned = sqlx::query(
            "delete from inbox where message_id in (
                 select message_id from inbox where received_at_ms < $1 limit $2)",
        )
        .bind(before_ms)
        .bind(i64::from(rows_max))
        .execute(&self.housekeeping)
        .await?;
        Ok(pruned.rows_affected())
    }

    async fn census(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let mut connection = self.housekeeping.acquire().await?;
        self.tables.census(&mut connection).await
    }
}

struct Claimed(OutboxRow);

impl FromRow<'_, PgRow> for Claimed {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let coordination: Option<String> = row.try_get("coordination")?;
        let traceparent: Option<String> = row.try_get("traceparent")?;
        let tracestate: Option<String> = row.try_get("tracestate")?;
        let envelope = Envelope {
            id: row.try_get("message_id")?,
            kind: row.try_get::<String, _>("kind")?.into(),
            version: row.try_get::<i16, _>("version")?.cast_unsigned(),
            correlation_id: row.try_get("correlation_id")?,
            causation_id: row.try_get("causation_id")?,
            coordination: coordination.and_then(|word| word.parse().ok()),
            trace: traceparent.map(|traceparent| TraceContext {
                traceparent,
                tracestate,
            }),
            occurred_at_ms: row.try_get("occurred_at_ms")?,
            body: Bytes::from(row.try_get::<Vec<u8>, _>("body")?),
        };
        Ok(Self(OutboxRow {
            exchange: row.try_get::<String, _>("exchange")?.into(),
            routing_key: row.try_get("routing_key")?,
            envelope,
            attempts: row.try_get::<i32, _>("attempts")?.unsigned_abs(),
            next_attempt_at_ms: row.try_get("next_attempt_at_ms")?,
        }))
    }
}
