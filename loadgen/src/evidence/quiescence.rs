//! Waiting until nothing moves any more: only then do rows, counters and traces have to agree.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::PgConnection;
use tokio::time::{Instant, sleep, timeout};

use super::Scope;
use super::databases::connect;
use crate::endpoints::Secrets;

/// How often the tables are asked: a dozen counts, through an index or over a short table.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// One round of counts; a database that takes longer is asked again.
const LOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// Whether everything came to rest, and what did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quiet {
    After(Duration),
    Not(String),
}

const OUTBOX: (&str, &str) = ("outbox rows", "select count(*) from outbox where $1 = $1");
const ORDERS: (&str, &str) = (
    "orders",
    "select count(*) from orders where starts_with(customer, $1)",
);
const OPEN_ORDERS: (&str, &str) = (
    "open orders",
    "select count(*) from orders where status = 'placed' and starts_with(customer, $1)",
);

/// Counts of what is still under way, by database.
const UNDER_WAY: [(&str, &[(&str, &str)]); 6] = [
    ("orders", &[OPEN_ORDERS, OUTBOX]),
    ("inventory", &[OUTBOX]),
    ("payments", &[OUTBOX]),
    ("shipping", &[OUTBOX]),
    (
        "orchestrator",
        &[
            OUTBOX,
            (
                "open sagas",
                "select count(*) from sagas where phase <> 'done' and $1 = $1",
            ),
        ],
    ),
    (
        "order_view",
        &[
            OPEN_ORDERS,
            (
                "rows without their order",
                "select count(*) from orders where customer is null and $1 = $1",
            ),
        ],
    ),
];

pub async fn wait_until_quiet(secrets: &Secrets, scope: &Scope, within: Duration) -> Quiet {
    let started = Instant::now();
    let mut look = Look {
        secrets,
        scope,
        connections: BTreeMap::new(),
    };
    loop {
        let busy = match timeout(LOOK_TIMEOUT, look.under_way()).await {
            Ok(Ok(None)) => return Quiet::After(started.elapsed()),
            Ok(Ok(Some(busy))) => busy,
            Ok(Err(error)) => {
                look.connections.clear();
                error
            }
            Err(_) => {
                look.connections.clear();
                "the databases did not answer".to_owned()
            }
        };
        if started.elapsed() >= within {
            return Quiet::Not(busy);
        }
        sleep(LOOK_EVERY).await;
    }
}

struct Look<'a> {
    secrets: &'a Secrets,
    scope: &'a Scope,
    connections: BTreeMap<&'static str, PgConnection>,
}

impl Look<'_> {
    /// What is under way; nothing when the read side has as many orders as the write side.
    async fn under_way(&mut self) -> Result<Option<String>, String> {
        let mut busy = Vec::new();
        for (database, counts) in UNDER_WAY {
            for (what, query) in counts {
                let count = self.count(database, query).await?;
                if count > 0 {
                    busy.push(format!("{count} {what} in {database}"));
                }
            }
        }
        let (_, query) = ORDERS;
        let written = self.count("orders", query).await?;
        let projected = self.count("order_view", query).await?;
        if written != projected {
            busy.push(format!("{projected} of {written} orders projected"));
        }
        Ok((!busy.is_empty()).then(|| busy.join(", ")))
    }

    async fn count(&mut self, database: &'static str, query: &'static str) -> Result<i64, String> {
        let connection = match self.connections.entry(database) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(free) => free.insert(connect(self.secrets, database).await?),
        };
        let row = sqlx::query(query)
            .bind(&self.scope.prefix)
            .fetch_one(connection)
            .await;
        row.and_then(|row| row.try_get(0))
            .map_err(|error| format!("{database}: {error}"))
    }
}
