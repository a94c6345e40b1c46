//! Rows like those of inbox and outbox, committed to the disk: hundreds a transaction as our services write them, and
//! one message a transaction as a service without batches would.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnection, PgPoolOptions};
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::run::{BenchError, say};

/// Two instances of five participants.
const WRITERS: u32 = 10;
/// Messages a transaction: a consumer's batch under full load.
const BATCH: usize = 100;
const BODY: &[u8] = &[b'x'; 200];
/// In for the message that came, in for the one that it causes, and that one out again when the broker has it.
pub const ROWS_A_MESSAGE: u64 = 3;
/// A pool that is empty for this long is a server in trouble.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Each a second.
#[derive(Clone, Copy, Debug)]
pub struct DatabaseLimits {
    pub rows_batched: f64,
    pub transactions_unbatched: f64,
}

impl DatabaseLimits {
    pub fn rows_unbatched(&self) -> f64 {
        self.transactions_unbatched * ROWS_A_MESSAGE as f64
    }
}

pub async fn measure(database_url: &str, length: Duration) -> Result<DatabaseLimits, BenchError> {
    let pool = PgPoolOptions::new()
        .max_connections(WRITERS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect(database_url)
        .await?;
    messaging::store::postgres::migrator().run(&pool).await?;
    let batched = messages_a_second(&pool, BATCH, length).await?;
    let single = messages_a_second(&pool, 1, length).await?;
    let limits = DatabaseLimits {
        rows_batched: batched * ROWS_A_MESSAGE as f64,
        transactions_unbatched: single,
    };
    let (rows, transactions) = (limits.rows_batched, limits.transactions_unbatched);
    say(&format!(
        "{rows:.0} rows/s in batches, {transactions:.0} transactions/s of three rows"
    ));
    pool.close().await;
    Ok(limits)
}

async fn messages_a_second(
    pool: &PgPool,
    batch: usize,
    length: Duration,
) -> Result<f64, BenchError> {
    let started = Instant::now();
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        writers.spawn(write(pool.clone(), batch, started + length));
    }
    let mut messages = 0;
    while let Some(ended) = writers.join_next().await {
        messages += ended.map_err(|error| BenchError::Broker(error.to_string()))??;
    }
    Ok(messages as f64 / started.elapsed().as_secs_f64())
}

async fn write(pool: PgPool, batch: usize, until: Instant) -> Result<u64, sqlx::Error> {
    let mut messages = 0;
    let mut confirmed: Vec<Uuid> = Vec::new();
    while Instant::now() < until {
        let fresh: Vec<Uuid> = (0..batch).map(|_| Uuid::new_v4()).collect();
        let mut transaction = pool.begin().await?;
        inbox(&mut transaction, &fresh).await?;
        outbox(&mut transaction, &fresh).await?;
        // In the same transaction: deleting may share any, and here it shares the next.
        sqlx::query("delete from outbox where message_id = any($1)")
            .bind(&confirmed)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        messages += fresh.len() as u64;
        confirmed = fresh;
    }
    Ok(messages)
}

async fn inbox(connection: &mut PgConnection, ids: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into inbox (message_id, kind, received_at_ms)
         select id, 'stock.reserved', 0 from unnest($1::uuid[]) as id
         on conflict do nothing",
    )
    .bind(ids)
    .execute(connection)
    .await?;
    Ok(())
}

async fn outbox(connection: &mut PgConnection, ids: &[Uuid]) -> Result<(), sqlx::Error> {
    let bodies = vec![BODY; ids.len()];
    sqlx::query(
        "insert into outbox (message_id, exchange, routing_key, kind, version, correlation_id,
             causation_id, coordination, occurred_at_ms, body, next_attempt_at_ms)
         select id, 'events', 'payment.held.choreography', 'payment.held', 1, id,
             id, 'choreography', 0, body, 0
         from unnest($1::uuid[], $2::bytea[]) as rows (id, body)",
    )
    .bind(ids)
    .bind(bodies)
    .execute(connection)
    .await?;
    Ok(())
}
