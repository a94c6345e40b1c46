//! The final reads: everything a judge needs, read once everything is quiet. What cannot be read says why.

#[cfg(test)]
mod away;
mod bindings;
mod databases;
mod dead_letters;
mod event_log;
mod management;
mod prometheus;
mod queue_depths;
mod quiescence;
mod series;
mod trace_store;

use std::collections::BTreeSet;

use checkers::history::History;
use checkers::journal::Journal;
use checkers::state::{FinalState, Part};
use checkers::telemetry::Telemetry;
use checkers::traces::Traces;
use report::files::series::SeriesFile;
use uuid::Uuid;

use crate::endpoints::{Endpoints, Secrets};
pub use databases::wrong_accounts;
pub use prometheus::read_as_of as metrics_as_of;
pub use quiescence::{Quiet, wait_until_quiet};
pub use trace_store::read as traces;

/// Whose evidence is wanted.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Every customer and SKU of the run begins with it.
    pub prefix: String,
    /// Unix ms at which the run began.
    pub started_ms: u64,
}

/// What was found outside of the history.
pub struct Evidence {
    pub state: FinalState,
    pub telemetry: Part<Telemetry>,
    pub traces: Part<Traces>,
    /// For the report alone.
    pub series: SeriesFile,
}

/// What is being read, as the phases of a run have it.
pub const READ_METRICS: &str = "read metrics";

/// `reading` hears what is being read.
pub async fn collect(
    endpoints: &Endpoints,
    secrets: &Secrets,
    scope: &Scope,
    history: &History,
    trace_sample: usize,
    mut reading: impl FnMut(&'static str),
) -> Evidence {
    reading("read tables");
    let mut state = databases::read(secrets, scope).await;
    let orders: BTreeSet<Uuid> = state
        .orders
        .get()
        .map(|rows| rows.orders.iter().map(|row| row.order_id).collect())
        .unwrap_or_default();
    reading("read log");
    state.log = event_log::read(&secrets.amqp, scope, &orders).await.into();
    reading("read queues");
    state.bindings = bindings::read(endpoints, secrets).await.into();
    state.dead_letters = dead_letters::read(endpoints, secrets, scope).await.into();
    state.queue_depths = queue_depths::read(endpoints, secrets).await.into();
    reading(READ_METRICS);
    let telemetry = prometheus::read(endpoints, scope, &state).await.into();
    let series = series::read(endpoints, scope).await;
    reading("read traces");
    let traces = trace_store::read(&endpoints.traces, history, &state, trace_sample)
        .await
        .into();
    Evidence {
        state,
        telemetry,
        traces,
        series,
    }
}

/// The journal that the method left, if there was a method.
pub fn journal(path: &std::path::Path, method: bool) -> Option<Part<Journal>> {
    let read = || -> Result<Journal, String> {
        let text = std::fs::read(path)
            .map_err(|error| format!("{}: {error}; the method must write it", path.display()))?;
        // Nothing in a journal must be there, so that a list of nothing would be one.
        match text.trim_ascii_start().first() {
            Some(b'{') => serde_json::from_slice(&text)
                .map_err(|error| format!("{}: {error}", path.display())),
            _ => Err(format!("{}: it is no journal", path.display())),
        }
    };
    method.then(|| read().into())
}
