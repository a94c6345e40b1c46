//! The traces of the orders, through Jaeger's query API v3, whoever serves it.

mod otlp;
mod sample;

use std::collections::BTreeMap;
use std::time::Duration;

use checkers::claims::traces::missing;
use checkers::history::{Action, History, Operation, Outcome};
use checkers::state::FinalState;
use checkers::traces::{Trace, Traces};
use futures::stream::{self, StreamExt};
use reqwest::{Client, StatusCode};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::endpoints::Endpoints;

const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Requests at once: the store answers from memory, and the machine has other things to do.
const CONCURRENCY: usize = 8;
/// Spans are sent some seconds late; after this a trace is as whole as it will be.
const WHOLE_WITHIN: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What is looked for: a trace, and whether it is whole.
struct Wanted {
    op: u64,
    trace_id: String,
    /// Coordination and outcome, where the order is known to have ended.
    ending: Option<(String, Outcome)>,
}

pub async fn read(
    endpoints: &Endpoints,
    history: &History,
    state: &FinalState,
    sample_max: usize,
) -> Result<Traces, String> {
    let http = Client::new();
    let mut wanted = wanted(history, state, sample_max);
    let mut traces: BTreeMap<u64, Trace> = BTreeMap::new();
    let until = Instant::now() + WHOLE_WITHIN;
    loop {
        let round: Vec<Result<Trace, String>> = stream::iter(&wanted)
            .map(|wanted| fetch(&http, endpoints, wanted))
            .buffer_unordered(CONCURRENCY)
            .collect()
            .await;
        for trace in round {
            let trace = trace?;
            traces.insert(trace.op, trace);
        }
        wanted.retain(|wanted| {
            traces
                .get(&wanted.op)
                .is_none_or(|trace| !wanted.is_whole(trace))
        });
        if wanted.is_empty() || Instant::now() >= until {
            return Ok(Traces {
                traces: traces.into_values().collect(),
            });
        }
        sleep(LOOK_EVERY).await;
    }
}

fn wanted(history: &History, state: &FinalState, sample_max: usize) -> Vec<Wanted> {
    let outcomes: BTreeMap<Uuid, Outcome> = state
        .orders
        .get()
        .map(|rows| {
            rows.orders
                .iter()
                .map(|row| (row.order_id, row.outcome()))
                .collect()
        })
        .unwrap_or_default();
    let acknowledged: Vec<&Operation> = history
        .placed()
        .map(|placed| placed.operation)
        .filter(|operation| operation.promise().is_some())
        .collect();
    sample::evenly_and_the_slowest(&acknowledged, sample_max)
        .into_iter()
        .map(|operation| Wanted {
            op: operation.op(),
            trace_id: operation.invocation.trace_id.clone(),
            ending: ending(operation, &outcomes),
        })
        .collect()
}

fn ending(operation: &Operation, outcomes: &BTreeMap<Uuid, Outcome>) -> Option<(String, Outcome)> {
    let Action::Place(place) = &operation.invocation.action else {
        return None;
    };
    let outcome = outcomes.get(&operation.promise()?.order_id)?;
    Some((place.coordination.clone(), outcome.clone()))
}

impl Wanted {
    fn is_whole(&self, trace: &Trace) -> bool {
        !trace.spans.is_empty()
            && self.ending.as_ref().is_none_or(|(coordination, outcome)| {
                missing(trace, coordination, outcome).is_empty()
            })
    }
}

/// A trace that the store does not know has no spans; anything else that is not a trace is an error.
async fn fetch(http: &Client, endpoints: &Endpoints, wanted: &Wanted) -> Result<Trace, String> {
    let failed =
        |error: reqwest::Error| format!("the trace store at {}: {error}", endpoints.traces);
    let response = http
        .get(format!(
            "{}/api/v3/traces/{}",
            endpoints.traces, wanted.trace_id
        ))
        // Adjusters drop empty links and identical spans.
        .query(&[("raw_traces", "true")])
        .timeout(ANSWER_TIMEOUT)
        .send()
        .await
        .map_err(failed)?;
    let spans = match response.status() {
        StatusCode::NOT_FOUND => Vec::new(),
        status if status.is_success() => otlp::spans(&response.bytes().await.map_err(failed)?)?,
        status => {
            return Err(format!(
                "the trace store at {} answered {status}",
                endpoints.traces
            ));
        }
    };
    Ok(Trace {
        op: wanted.op,
        trace_id: wanted.trace_id.clone(),
        spans,
    })
}
