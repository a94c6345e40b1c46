//! What one order costs: messages published and handled, rows written, syncs of the log. Counted by the services and
//! by PostgreSQL, not assumed.

use std::time::Duration;

use platform::Platform;
use reqwest::Client;
use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::time::{Instant, sleep};

use crate::run::BenchError;

/// Prometheus scrapes every second: what two looks this far apart agree on, two scrapes do.
const SCRAPED: Duration = Duration::from_millis(2_100);
/// The last confirms come in milliseconds, then two looks agree; a minute means that something repeats for ever.
const SETTLE: Duration = Duration::from_secs(60);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Of one order, on average.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    pub published: f64,
    pub handled: f64,
    pub rows: f64,
    pub syncs: f64,
}

/// Counters since the start.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    published: f64,
    handled: f64,
    rows: f64,
    syncs: f64,
}

impl Demand {
    pub fn between(before: Reading, after: Reading, orders: u64) -> Demand {
        if orders == 0 {
            return Demand::default();
        }
        let each = |of: fn(&Reading) -> f64| (of(&after) - of(&before)) / orders as f64;
        Demand {
            published: each(|it| it.published),
            handled: each(|it| it.handled),
            rows: each(|it| it.rows),
            syncs: each(|it| it.syncs),
        }
    }
}

pub struct Meter {
    http: Client,
    prometheus: String,
    database: PgPool,
}

impl Meter {
    pub fn open(platform: &Platform) -> Result<Meter, BenchError> {
        let database = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ANSWER_TIMEOUT)
            // Statistics are of the whole server, whichever database asks.
            .connect_lazy(&platform.admin_database_url("postgres"))?;
        Ok(Meter {
            http: Client::builder()
                .no_proxy()
                .timeout(ANSWER_TIMEOUT)
                .build()?,
            prometheus: format!("{}/api/v1/query", platform.endpoints().prometheus),
            database,
        })
    }

    /// Once the counters stand still.
    pub async fn read(&self) -> Result<Reading, BenchError> {
        let until = Instant::now() + SETTLE;
        let mut messages = self.messages().await?;
        loop {
            sleep(SCRAPED).await;
            let now = self.messages().await?;
            if now == messages || Instant::now() > until {
                break;
            }
            messages = now;
        }
        let (rows, syncs): (i64, i64) = sqlx::query_as(
            "select (select sum(tup_inserted + tup_updated + tup_deleted)::bigint from pg_stat_database),
                    (select wal_sync from pg_stat_wal)",
        )
        .fetch_one(&self.database)
        .await?;
        Ok(Reading {
            published: messages.0,
            handled: messages.1,
            rows: rows as f64,
            syncs: syncs as f64,
        })
    }

    async fn messages(&self) -> Result<(f64, f64), BenchError> {
        Ok((
            self.sum("breakwater_published_total").await?,
            self.sum("breakwater_messages_handled_total").await?,
        ))
    }

    async fn sum(&self, metric: &str) -> Result<f64, BenchError> {
        let query = self
            .http
            .get(&self.prometheus)
            .query(&[("query", format!("sum({metric})"))]);
        let answer: Value = query.send().await?.error_for_status()?.json().await?;
        Ok(number(&answer))
    }
}

/// A metric that nobody has counted yet is an empty result.
fn number(answer: &Value) -> f64 {
    answer["data"]["result"][0]["value"][1]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_order_costs_its_share_of_what_was_counted() {
        let at = |n: f64| Reading {
            published: n,
            handled: 2.0 * n,
            rows: 3.0 * n,
            syncs: n,
        };
        let demand = Demand::between(at(100.0), at(800.0), 100);
        assert_eq!(
            demand,
            Demand {
                published: 7.0,
                handled: 14.0,
                rows: 21.0,
                syncs: 7.0
            }
        );
        assert_eq!(Demand::between(at(1.0), at(2.0), 0), Demand::default());
    }

    #[test]
    fn an_answer_of_prometheus_is_a_number_or_nothing_counted_yet() {
        let answer = json!({"data": {"result": [{"metric": {}, "value": [1.5, "42"]}]}});
        assert_eq!(number(&answer), 42.0);
        assert_eq!(number(&json!({"data": {"result": []}})), 0.0);
    }
}
