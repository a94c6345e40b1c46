//! What Prometheus kept over time, for the report: one query a series, none of which the judge needs.

use futures::future::join_all;
use report::files::series::{SampledLine, Series, SeriesFile};
use reqwest::Client;

use super::Scope;
use super::prometheus::{Range, Row, ask_range};
use crate::clock::now_ms;
use crate::endpoints::Endpoints;

/// More points than a chart has pixels tell nothing.
const POINTS_MAX: u64 = 600;
/// Everything is scraped each second.
const STEP_MS_MIN: u64 = 1_000;
/// Five scrapes: the old life and the new one both fall into it, and so do the four that a rate needs.
const WINDOW_MS_MIN: u64 = 5_000;
/// In the place of a window, which is at least as long as a step: what happens between two points is not missed.
const WINDOW: &str = "[window]";

/// A question, and what its answer is counted in.
struct Query {
    name: &'static str,
    /// PromQL, with at most one label left to tell the lines apart.
    query: &'static str,
    unit: &'static str,
}

const QUERIES: [Query; 8] = [
    Query {
        name: "queue_depth",
        // The log is a stream: it keeps what was read, so its length is no backlog.
        query: r#"sum by (queue) (rabbitmq_detailed_queue_messages{queue!="events.log"})"#,
        unit: "messages",
    },
    Query {
        name: "consumers",
        query: "sum by (queue) (rabbitmq_detailed_queue_consumers)",
        unit: "consumers",
    },
    Query {
        name: "outbox_rows",
        // Both instances count the rows of one table.
        query: "max by (job) (breakwater_outbox_rows)",
        unit: "rows",
    },
    Query {
        name: "outbox_oldest_age",
        query: "max by (job) (breakwater_outbox_oldest_age_seconds)",
        unit: "s",
    },
    Query {
        name: "projection_lag",
        // The other instance remembers the lag of its last batch, which may be long ago.
        query: "max(breakwater_projection_lag_seconds and on (instance) breakwater_projecting == 1)",
        unit: "s",
    },
    Query {
        name: "instances_up",
        query: "sum by (job) (up)",
        unit: "instances",
    },
    Query {
        name: "restarts",
        query: "sum by (job) (changes(process_start_time_seconds[window]))",
        unit: "in the last [window]",
    },
    Query {
        name: "gateway_answers",
        query: r#"sum by (status) (rate(breakwater_http_requests_total{job="gateway"}[window]))"#,
        unit: "answers/s",
    },
];

/// Each series by itself: one that cannot be had says why, and takes no other with it.
pub async fn read(endpoints: &Endpoints, scope: &Scope) -> SeriesFile {
    let http = Client::new();
    let (from_ms, to_ms) = (scope.started_ms, now_ms());
    let step_ms = step_ms(to_ms.saturating_sub(from_ms));
    let range = Range {
        from_ms,
        to_ms,
        step_ms,
    };
    let series = QUERIES
        .iter()
        .map(|query| one(&http, endpoints, query, range));
    SeriesFile {
        from_ms,
        to_ms,
        step_ms,
        series: join_all(series).await,
    }
}

async fn one(http: &Client, endpoints: &Endpoints, query: &Query, range: Range) -> Series {
    let (asked, unit) = query.over(range.step_ms);
    let rows = ask_range(http, endpoints, &asked, range).await;
    Series {
        name: query.name.into(),
        query: asked,
        unit,
        lines: rows.and_then(lines).into(),
    }
}

impl Query {
    /// What is asked, and its unit, where points are so far apart.
    fn over(&self, step_ms: u64) -> (String, String) {
        let seconds = step_ms.max(WINDOW_MS_MIN).div_ceil(1_000);
        let asked = self.query.replace(WINDOW, &format!("[{seconds}s]"));
        (asked, self.unit.replace(WINDOW, &format!("{seconds} s")))
    }
}

/// An empty answer is no data, never zero.
fn lines(rows: Vec<Row>) -> Result<Vec<SampledLine>, String> {
    if rows.is_empty() {
        return Err("Prometheus has no sample of it".into());
    }
    rows.into_iter().map(line).collect()
}

fn line(row: Row) -> Result<SampledLine, String> {
    let samples = row.samples()?;
    // What is left over all lines has no label.
    let label = row.metric.into_values().next();
    Ok(SampledLine {
        label: label.unwrap_or_else(|| "all".into()),
        // What divides zero by zero is no value.
        samples: samples
            .into_iter()
            .filter(|(_, value)| value.is_finite())
            .collect(),
    })
}

/// Whole seconds, the fewest that keep to the bound.
fn step_ms(length_ms: u64) -> u64 {
    let seconds = length_ms.div_ceil(1_000).div_ceil(POINTS_MAX - 1);
    (seconds * 1_000).max(STEP_MS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        serde_json::from_str(text).expect("rows of an answer")
    }

    #[test]
    fn the_step_is_the_least_that_stays_within_the_points() {
        assert_eq!(
            [0, 60_000, 599_000, 600_000].map(step_ms),
            [1_000, 1_000, 1_000, 2_000]
        );
        let points = |length_ms: u64| length_ms / step_ms(length_ms) + 1;
        assert!(
            [1, 600_000, 3_600_000, 86_400_000]
                .map(points)
                .iter()
                .all(|n| *n <= POINTS_MAX)
        );
    }

    #[test]
    fn a_window_is_never_shorter_than_the_step() {
        let restarts = QUERIES.iter().find(|query| query.name == "restarts");
        let over = |length_ms| restarts.expect("asked for").over(step_ms(length_ms));
        let minute = (
            "sum by (job) (changes(process_start_time_seconds[5s]))".to_owned(),
            "in the last 5 s".to_owned(),
        );
        assert_eq!(over(60_000), minute);
        let (query, unit) = over(2 * 3_600_000);
        assert!(
            query.contains("[13s]") && unit.ends_with(" 13 s"),
            "{query}, {unit}"
        );
    }

    #[test]
    fn an_empty_answer_is_missing_and_never_zero() {
        assert!(lines(Vec::new()).is_err_and(|why| why.contains("no sample")));
    }

    #[test]
    fn a_line_is_named_by_the_label_that_tells_it_apart() {
        let answer = r#"[{"metric":{"queue":"orders"},"values":[[1700000000.5,"3"],[1700000001.5,"NaN"]]},
            {"metric":{},"values":[[1700000000.5,"4"]]}]"#;
        let found = lines(rows(answer)).expect("lines");
        let labels: Vec<&str> = found.iter().map(|line| line.label.as_str()).collect();
        assert_eq!(labels, ["orders", "all"]);
        assert_eq!(found[0].samples, [(1_700_000_000_500, 3.0)]);
    }

    #[test]
    fn what_is_not_a_number_is_said() {
        let answer = r#"[{"metric":{},"values":[[1,"many"]]}]"#;
        assert!(lines(rows(answer)).is_err_and(|why| why.contains("many")));
    }
}
