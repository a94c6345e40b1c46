//! Requests to the query API.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::{Client, StatusCode};

use super::otlp::{self, Found};
use crate::clock::rfc3339;

const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// Traces in one answer: a few megabytes.
const TRACES_MAX: usize = 256;
/// A slice to begin with: at a hundred orders a second it fits in one answer.
const SLICE_MS: u64 = 2_000;
/// Slices to begin with, at most: a clock that stepped makes years of a minute, and each of them is a request.
const SLICES_MAX: u64 = 1_024;

/// All of the time between the two, both ends included.
fn slices(from_ms: u64, to_ms: u64) -> Vec<(u64, u64)> {
    let length_ms = to_ms.saturating_sub(from_ms).div_ceil(SLICES_MAX);
    let length_ms = length_ms.max(SLICE_MS);
    (from_ms..=to_ms)
        .step_by(usize::try_from(length_ms).unwrap_or(usize::MAX))
        .map(|start| (start, start.saturating_add(length_ms - 1)))
        .collect()
}

pub struct Store {
    http: Client,
    url: String,
}

impl Store {
    pub fn new(url: &str) -> Self {
        Self {
            http: Client::new(),
            url: url.to_owned(),
        }
    }

    /// Hands over every trace with such a span between the two times. There is no pagination: a slice that comes back
    /// full is cut in half.
    pub async fn search(
        &self,
        service: &str,
        operation: &str,
        from_ms: u64,
        to_ms: u64,
        mut keep: impl FnMut(Vec<Found>),
    ) -> Result<(), String> {
        let mut slices = slices(from_ms, to_ms);
        while let Some((start, end)) = slices.pop() {
            let found = self.slice(service, operation, start, end).await?;
            let traces: BTreeSet<&str> = found
                .iter()
                .map(|found| found.span.trace_id.as_str())
                .collect();
            if traces.len() >= TRACES_MAX && end > start {
                let middle = start + (end - start) / 2;
                slices.extend([(middle + 1, end), (start, middle)]);
            } else {
                keep(found);
            }
        }
        Ok(())
    }

    async fn slice(
        &self,
        service: &str,
        operation: &str,
        start_ms: u64,
        end_ms: u64,
    ) -> Result<Vec<Found>, String> {
        let query = [
            ("query.service_name", service.to_owned()),
            ("query.operation_name", operation.to_owned()),
            ("query.start_time_min", rfc3339(start_ms)),
            // Both ends are included.
            ("query.start_time_max", rfc3339(end_ms + 1)),
            ("query.num_traces", TRACES_MAX.to_string()),
            // Adjusters drop empty links and identical spans.
            ("query.raw_traces", "true".to_owned()),
        ];
        self.get("/api/v3/traces", &query).await
    }

    pub async fn trace(&self, trace_id: &str) -> Result<Vec<Found>, String> {
        self.get(
            &format!("/api/v3/traces/{trace_id}"),
            &[("raw_traces", "true".to_owned())],
        )
        .await
    }

    /// Nothing found is a 404; anything else that is not a trace is an error.
    async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Vec<Found>, String> {
        let failed = |error: reqwest::Error| format!("the trace store at {}: {error}", self.url);
        let request = self.http.get(format!("{}{path}", self.url)).query(query);
        let response = request
            .timeout(ANSWER_TIMEOUT)
            .send()
            .await
            .map_err(failed)?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(Vec::new()),
            status if status.is_success() => otlp::spans(&response.bytes().await.map_err(failed)?),
            status => Err(format!(
                "the trace store at {} answered {status} to {path}",
                self.url
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_short_where_time_is_and_few_where_it_is_long() {
        assert_eq!(slices(5_000, 8_000), [(5_000, 6_999), (7_000, 8_999)]);
        assert_eq!(slices(9, 8), []);
        let years = slices(0, 1_795_376_834_250);
        assert!(years.len() as u64 <= SLICES_MAX + 1, "{}", years.len());
        assert!(
            years
                .last()
                .is_some_and(|(_, end)| *end >= 1_795_376_834_250)
        );
        let apart = years.iter().zip(&years[1..]);
        assert!(apart.clone().all(|(one, next)| one.1 + 1 == next.0));
    }
}
