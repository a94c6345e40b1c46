//! What Prometheus kept of the run.

mod indicators;

use std::collections::BTreeMap;
use std::time::Duration;

use checkers::claims::telemetry::gauges_that_differ;
use checkers::state::FinalState;
use checkers::telemetry::{GaugeSample, Series, Telemetry};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::Scope;
use crate::clock::now_ms;
use crate::endpoints::Endpoints;

const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// A gauge is refreshed each second and scraped each second: after two scrapes it shows what is.
const TWO_SCRAPES: Duration = Duration::from_secs(3);
/// On a machine under load a refresh and a scrape may both be late; after this they are wrong.
const GAUGES_WITHIN: Duration = Duration::from_secs(15);
/// Samples before the run, from which counters that are older than it rise.
const BEFORE_S: u64 = 5;

const COUNTERS: &str = "breakwater_events_total|breakwater_messages_handled_total";
const GAUGES: &str = "breakwater_entities|breakwater_outbox_rows";

#[derive(Deserialize)]
struct Answer {
    status: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    warnings: Vec<String>,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    result: Vec<Row>,
}

#[derive(Deserialize)]
pub(super) struct Row {
    pub metric: BTreeMap<String, String>,
    #[serde(default)]
    value: Option<(f64, String)>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

/// Unix ms, both ends included.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub from_ms: u64,
    pub to_ms: u64,
    pub step_ms: u64,
}

/// Whom to ask, and as of when: now, where no time is said.
pub(super) struct Asked<'a> {
    http: Client,
    url: &'a str,
    at_ms: Option<u64>,
}

/// What it shows now that everything is quiet.
pub async fn read(
    endpoints: &Endpoints,
    scope: &Scope,
    state: &FinalState,
) -> Result<Telemetry, String> {
    let asked = Asked::of(&endpoints.prometheus, None);
    sleep(TWO_SCRAPES).await;
    let gauges = settled_gauges(&asked, state).await?;
    since_the_start(&asked, scope, gauges).await
}

/// What it showed then, when everything was quiet.
pub async fn read_as_of(at_ms: u64, url: &str, scope: &Scope) -> Result<Telemetry, String> {
    let asked = Asked::of(url, Some(at_ms));
    let gauges = gauges(&asked).await?;
    since_the_start(&asked, scope, gauges).await
}

/// The counters and the indicators, beside these gauges.
async fn since_the_start(
    asked: &Asked<'_>,
    scope: &Scope,
    gauges: Vec<GaugeSample>,
) -> Result<Telemetry, String> {
    let until_ms = asked.at_ms.unwrap_or_else(now_ms);
    let seconds = until_ms.saturating_sub(scope.started_ms) / 1_000 + BEFORE_S;
    // Raw samples with their own times: a rate or an increase would hide the restarts.
    let query = format!("{{__name__=~\"{COUNTERS}\"}}[{seconds}s]");
    let counters: Vec<Series> = asked
        .query(&query)
        .await?
        .into_iter()
        .map(series)
        .collect::<Result<_, _>>()?;
    if counters.is_empty() {
        return Err("there is no counter of ours; does it scrape the services?".into());
    }
    let indicators = indicators::read(asked, seconds).await.into();
    Ok(Telemetry {
        counters,
        gauges,
        indicators,
    })
}

/// The gauges once they agree with the database, or what they show when their time is over.
async fn settled_gauges(asked: &Asked<'_>, state: &FinalState) -> Result<Vec<GaugeSample>, String> {
    let until = Instant::now() + GAUGES_WITHIN;
    loop {
        let telemetry = Telemetry {
            gauges: gauges(asked).await?,
            ..Telemetry::default()
        };
        if gauges_that_differ(state, &telemetry) == 0 || Instant::now() >= until {
            return Ok(telemetry.gauges);
        }
        sleep(Duration::from_secs(1)).await;
    }
}

async fn gauges(asked: &Asked<'_>) -> Result<Vec<GaugeSample>, String> {
    let rows = asked.query(&format!("{{__name__=~\"{GAUGES}\"}}")).await?;
    rows.into_iter().map(gauge).collect()
}

impl<'a> Asked<'a> {
    fn of(url: &'a str, at_ms: Option<u64>) -> Self {
        let http = Client::new();
        Self { http, url, at_ms }
    }

    async fn query(&self, query: &str) -> Result<Vec<Row>, String> {
        let url = format!("{}/api/v1/query", self.url);
        let time = self.at_ms.map(|at_ms| ("time", seconds(at_ms)));
        let request = self.http.get(url).query(&[("query", query)]);
        answer(query, request.query(&time.as_slice())).await
    }
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

/// A query step by step; each row has its samples within the range.
pub(super) async fn ask_range(
    http: &Client,
    endpoints: &Endpoints,
    query: &str,
    range: Range,
) -> Result<Vec<Row>, String> {
    let url = format!("{}/api/v1/query_range", endpoints.prometheus);
    let parameters = [
        ("query", query.to_owned()),
        ("start", seconds(range.from_ms)),
        ("end", seconds(range.to_ms)),
        ("step", seconds(range.step_ms)),
    ];
    answer(query, http.get(url).query(&parameters)).await
}

async fn answer(query: &str, request: RequestBuilder) -> Result<Vec<Row>, String> {
    let failed = |error: reqwest::Error| format!("{query}: {error}");
    let request = request.timeout(ANSWER_TIMEOUT);
    let response = request.send().await.map_err(failed)?;
    let status = response.status();
    let body = response.bytes().await.map_err(failed)?;
    let answer: Answer = serde_json::from_slice(&body).map_err(|error| {
        format!("{query}: Prometheus answered {status}, and no result: {error}")
    })?;
    if !status.is_success() {
        return Err(format!("{query}: {status}: {}", answer.error));
    }
    if !answer.warnings.is_empty() {
        return Err(format!("{query}: warned: {}", answer.warnings.join("; ")));
    }
    match answer.data {
        Some(data) if answer.status == "success" => Ok(data.result),
        _ => Err(format!("{query}: {}", answer.error)),
    }
}

impl Row {
    /// (unix ms, value)
    pub(super) fn samples(&self) -> Result<Vec<(u64, f64)>, String> {
        self.values
            .iter()
            .map(|(at_s, value)| Ok(((at_s * 1_000.0) as u64, number(value)?)))
            .collect()
    }
}

/// The labels that say what a series is, and the rest.
fn identity(
    mut labels: BTreeMap<String, String>,
) -> (String, String, String, BTreeMap<String, String>) {
    let mut take = |key: &str| labels.remove(key).unwrap_or_default();
    let (name, service, instance) = (take("__name__"), take("job"), take("instance"));
    (name, service, instance, labels)
}

fn series(row: Row) -> Result<Series, String> {
    let samples = row.samples()?;
    let (name, service, instance, labels) = identity(row.metric);
    Ok(Series {
        name,
        service,
        instance,
        labels,
        samples,
    })
}

fn gauge(row: Row) -> Result<GaugeSample, String> {
    let (name, service, instance, labels) = identity(row.metric);
    let (_, value) = row.value.ok_or("a gauge without a value")?;
    Ok(GaugeSample {
        name,
        service,
        instance,
        labels,
        value: number(&value)?,
    })
}

fn number(text: &str) -> Result<f64, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_samples_become_series() {
        let text = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":
            {"__name__":"breakwater_events_total","job":"orders","instance":"orders-1","event":"order.placed"},
            "values":[[1700000000.5,"3"],[1700000001.5,"4"]]}]}}"#;
        let answer: Answer = serde_json::from_str(text).expect("parses");
        let row = answer.data.expect("data").result.remove(0);
        let series = series(row).expect("a series");
        assert_eq!(
            (series.service.as_str(), series.label("event")),
            ("orders", "order.placed")
        );
        assert_eq!(
            series.samples,
            [(1_700_000_000_500, 3.0), (1_700_000_001_500, 4.0)]
        );
        assert!(!series.labels.contains_key("job"));
    }
}
