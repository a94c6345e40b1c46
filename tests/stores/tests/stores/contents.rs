//! What is committed, row for row: what two stores must agree on.

use crate::kept::{InMemory, Kept};
use messaging::store::{OutboxRow, Store, Transaction, memory::MemoryStore, postgres::PgStore};
use simulation::store::{Database, tables::Tables};
use sqlx::{AssertSqlSafe, PgPool};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Debug, PartialEq)]
pub struct Contents {
    /// Who was handled, and under which trace.
    pub inbox: BTreeMap<Uuid, Option<String>>,
    /// As text, attempts and lease included.
    pub outbox: BTreeMap<Uuid, String>,
    pub rows: BTreeMap<String, String>,
    pub ledger: BTreeSet<String>,
}

impl Contents {
    pub async fn of_sql<P: Kept>(store: &PgStore<P, P::Sql>) -> Self {
        let inbox: Vec<(Uuid, Option<String>)> =
            sqlx::query_as("select message_id, traceparent from inbox")
                .fetch_all(store.pool())
                .await
                .expect("the inbox is read");
        let ledger = match P::LEDGER {
            None => Vec::new(),
            Some(query) => sqlx::query_scalar(query)
                .fetch_all(store.pool())
                .await
                .expect("the ledger is read"),
        };
        Self {
            inbox: inbox.into_iter().collect(),
            outbox: sql_outbox(store.pool()).await,
            rows: P::rows(&whole(store).await),
            ledger: ledger.into_iter().collect(),
        }
    }

    pub async fn of_memory<P: Kept>(store: &MemoryStore<P, InMemory<P>>) -> Self {
        let mut tx = store.begin().await.expect("begun");
        let inbox = tx.inbox_find(&store.inbox()).await.expect("found");
        Self {
            inbox: inbox.into_iter().collect(),
            outbox: (store.outbox().iter())
                .map(|row| (row.id(), text(row)))
                .collect(),
            rows: P::rows(&whole(store).await),
            ledger: P::ledger(&store.tables().0),
        }
    }

    pub fn of_simulation<P: Kept>(database: &Database<P::Likeness>) -> Self {
        database.read(|content| Self {
            inbox: (content.inbox.iter())
                .map(|(id, row)| (*id, row.traceparent.clone()))
                .collect(),
            outbox: (content.outbox.iter())
                .map(|(id, row)| (*id, text(row)))
                .collect(),
            rows: P::rows(&content.tables.load(&P::everything()).0),
            ledger: P::ledger(&content.tables),
        })
    }
}

/// Every row there is, through the store's own load.
pub async fn whole<P: Kept>(store: &impl Store<P>) -> P::State {
    let mut tx = store.begin().await.expect("begun");
    let state = tx.load(&P::everything()).await.expect("loaded");
    tx.rollback().await;
    state
}

fn text(row: &OutboxRow) -> String {
    let envelope = &row.envelope;
    format!(
        "{} {} {} v{} of {:?} by {:?} at {}: {} ({} attempts, due at {})",
        row.exchange,
        row.routing_key,
        envelope.kind,
        envelope.version,
        envelope.correlation_id,
        envelope.coordination.map(|word| word.as_str()),
        envelope.occurred_at_ms,
        String::from_utf8_lossy(&envelope.body),
        row.attempts,
        row.next_attempt_at_ms,
    )
}

type OwedRow = (
    Uuid,
    String,
    String,
    String,
    i16,
    Option<Uuid>,
    Option<String>,
    i64,
    Vec<u8>,
    i32,
    i64,
);

async fn sql_outbox(pool: &PgPool) -> BTreeMap<Uuid, String> {
    let rows: Vec<OwedRow> = sqlx::query_as(
        "select message_id, exchange, routing_key, kind, version, correlation_id, coordination,
                occurred_at_ms, body, attempts, next_attempt_at_ms
         from outbox",
    )
    .fetch_all(pool)
    .await
    .expect("the outbox is read");
    (rows.into_iter())
        .map(
            |(id, exchange, key, kind, version, order, coordination, at_ms, body, n, due_ms)| {
                let body = String::from_utf8_lossy(&body);
                let text = format!(
                    "{exchange} {key} {kind} v{version} of {order:?} by {:?} at {at_ms}: {body} \
                 ({n} attempts, due at {due_ms})",
                    coordination.as_deref(),
                );
                (id, text)
            },
        )
        .collect()
}

/// Every table of a database, as text: what a cut may have left half done.
pub async fn dump(pool: &PgPool) -> BTreeMap<String, Vec<String>> {
    let mut dump = BTreeMap::new();
    for table in tables(pool).await {
        let query = format!("select to_jsonb(t)::text from {table} t order by 1");
        let rows = sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(pool);
        dump.insert(table, rows.await.expect("a table is read"));
    }
    dump
}

/// As after the migrations.
pub async fn empty(pool: &PgPool) {
    let tables = tables(pool).await.join(", ");
    sqlx::raw_sql(AssertSqlSafe(format!("truncate {tables}")))
        .execute(pool)
        .await
        .expect("emptied");
}

/// All of them but what migrations fill: their own notes, and where shipping ships to.
async fn tables(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select tablename::text from pg_tables
         where schemaname = 'public' and tablename not like '%migrations'
           and tablename <> 'service_areas'
         order by 1",
    )
    .fetch_all(pool)
    .await
    .expect("the catalogue is read")
}
