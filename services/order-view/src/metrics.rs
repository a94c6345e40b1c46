//! The read side's metrics, each declared once.

use lifecycle::Shutdown;
use sqlx::PgPool;
use std::time::Duration;
use telemetry::{Counter, Gauge, Unit};

pub static PROJECTED: Counter = Counter::new(
    "breakwater_projected_events_total",
    Unit::Count,
    &[],
    "Events of orders that were projected into the read model.",
);
pub static UNREADABLE: Counter = Counter::new(
    "breakwater_unreadable_entries_total",
    Unit::Count,
    &[],
    "Entries of the log that the read side cannot read and passes by.",
);
pub static OFFSET: Gauge = Gauge::new(
    "breakwater_projection_offset",
    Unit::Count,
    &[],
    "The next offset of the log that this instance will project.",
);
pub static LAG: Gauge = Gauge::new(
    "breakwater_projection_lag_seconds",
    Unit::Seconds,
    &[],
    "From an event to its projection, at the last batch of this instance.",
);
pub static PROJECTING: Gauge = Gauge::new(
    "breakwater_projecting",
    Unit::Count,
    &[],
    "1 while this instance holds the projector's lease.",
);

/// How often the rows are counted, as everywhere.
const CENSUS_PAUSE: Duration = Duration::from_secs(1);
const CENSUS_TIMEOUT: Duration = Duration::from_secs(2);

/// Keeps `breakwater_entities` equal to the read model's rows.
pub async fn keep(pool: PgPool, shutdown: Shutdown) {
    let mut seen = std::collections::BTreeSet::new();
    while tokio::time::timeout(CENSUS_PAUSE, shutdown.requested())
        .await
        .is_err()
    {
        let query = sqlx::query_as("select status, count(*) from orders group by status");
        let counted: Vec<(String, i64)> =
            match tokio::time::timeout(CENSUS_TIMEOUT, query.fetch_all(&pool)).await {
                Ok(Ok(counted)) => counted,
                // Readiness says that the database is away.
                Ok(Err(_)) | Err(_) => continue,
            };
        // A status that nothing has any more is zero, not the last number it had.
        for gone in seen
            .iter()
            .filter(|s| !counted.iter().any(|(c, _)| c == *s))
        {
            let gone: &String = gone;
            messaging::metrics::ENTITIES.set(0.0, &[gone]);
        }
        for (status, count) in counted {
            messaging::metrics::ENTITIES.set(count as f64, &[&status]);
            seen.insert(status);
        }
    }
}
