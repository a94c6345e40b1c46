//! One transaction a batch, in as few statements as it takes.

use super::{Tables, warm::Warm};
use crate::store::{CommitError, InboxRow, OutboxRow, StoreError, Transaction};
use decider::{Coordination, Decider};
use sqlx::{Executor, PgConnection, Postgres, pool::PoolConnection};
use std::{collections::HashSet, marker::PhantomData};
use uuid::Uuid;

pub struct PgTx<P, T> {
    /// Until it is committed or rolled back.
    open: Option<PoolConnection<Postgres>>,
    warm: Warm,
    tables: T,
    core: PhantomData<fn() -> P>,
}

impl<P, T> PgTx<P, T> {
    pub(super) async fn begin(
        connection: PoolConnection<Postgres>,
        warm: Warm,
        tables: T,
    ) -> Result<Self, StoreError> {
        let mut tx = Self {
            open: Some(connection),
            warm,
            tables,
            core: PhantomData,
        };
        tx.connection()?.execute(sqlx::raw_sql("begin")).await?;
        Ok(tx)
    }

    fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        let over = || StoreError::Fault("the transaction is over".to_owned());
        self.open.as_deref_mut().ok_or_else(over)
    }
}

/// A transaction that was neither committed nor rolled back may be in the middle of a
/// statement: its connection is closed, and the server undoes what it did.
impl<P, T> Drop for PgTx<P, T> {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.open {
            connection.close_on_drop();
        }
    }
}

impl<P: Decider, T: Tables<P>> Transaction<P> for PgTx<P, T> {
    async fn inbox_find(
        &mut self,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Option<String>)>, StoreError> {
        let found =
            sqlx::query_as("select message_id, traceparent from inbox where message_id = any($1)")
                .bind(ids)
                .fetch_all(self.connection()?)
                .await?;
        Ok(found)
    }

    async fn inbox_insert(&mut self, rows: &[InboxRow]) -> Result<HashSet<Uuid>, StoreError> {
        // In key order: two replicas with the same redelivered messages wait for each
        // other in a line and not in a circle.
        let mut rows: Vec<&InboxRow> = rows.iter().collect();
        rows.sort_by_key(|row| row.message_id);
        let fresh: Vec<Uuid> = sqlx::query_scalar(
            "insert into inbox (message_id, kind, received_at_ms, traceparent)
             select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[])
             on conflict do nothing
             returning message_id",
        )
        .bind(rows.iter().map(|row| row.message_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|row| row.received_at_ms)
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.traceparent.as_deref())
                .collect::<Vec<_>>(),
        )
        .fetch_all(self.connection()?)
        .await?;
        Ok(fresh.into_iter().collect())
    }

    async fn load(&mut self, commands: &[P::Command]) -> Result<P::State, StoreError> {
        let tables = self.tables.clone();
        tables.load(self.connection()?, commands).await
    }

    async fn save(
        &mut self,
        before: &P::State,
        after: &P::State,
        events: &[P::Event],
    ) -> Result<(), StoreError> {
        let tables = self.tables.clone();
        tables.save(self.connection()?, before, after, events).await
    }

    async fn outbox_insert(&mut self, rows: &[OutboxRow]) -> Result<(), StoreError> {
        sqlx::query(
            "insert into outbox (message_id, exchange, routing_key, kind, version, correlation_id,
                 causation_id, coordination, traceparent, tracestate, occurred_at_ms, body,
                 attempts, next_attempt_at_ms)
             select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::smallint[],
                 $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::bigint[],
                 $12::bytea[], $13::int[], $14::bigint[])
             on conflict do nothing",
        )
        .bind(rows.iter().map(OutboxRow::id).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|row| row.exchange.as_ref())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.routing_key.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.envelope.kind.as_ref())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.envelope.version.cast_signed())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.envelope.correlation_id)
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.envelope.causation_id)
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.envelope.coordination.map(Coordination::as_str))
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| Some(row.envelope.trace.as_ref()?.traceparent.as_str()))
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.envelope.trace.as_ref()?.tracestate.as_deref())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.envelope.occurred_at_ms)
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.envelope.body.as_ref())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.attempts.cast_signed())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|row| row.next_attempt_at_ms)
                .collect::<Vec<_>>(),
        )
        .execute(self.connection()?)
        .await?;
        Ok(())
    }

    async fn commit(mut self) -> Result<(), CommitError> {
        match self.connection()?.execute(sqlx::raw_sql("commit")).await {
            Ok(_) => {
                self.open
                    .take()
                    .into_iter()
                    .for_each(|it| self.warm.keep(it));
                Ok(())
            }
            // The server answered that it did not commit; a server that is shutting down
            // (class 57) may say so after it did.
            Err(sqlx::Error::Database(cause))
                if !cause.code().is_some_and(|code| code.starts_with("57")) =>
            {
                Err(StoreError::from(sqlx::Error::Database(cause)).into())
            }
            Err(error) => Err(CommitError::Unknown(error.to_string())),
        }
    }

    async fn rollback(mut self) {
        let Ok(connection) = self.connection() else {
            return;
        };
        if connection.execute(sqlx::raw_sql("rollback")).await.is_ok() {
            self.open = None;
        }
    }
}
