//! Where the embedded store is more lenient than Jaeger 2.13, and where it is bounded.

use reqwest::StatusCode;

use crate::harness::{span, start, text};

const YEAR: &str =
    "query.start_time_min=2026-01-01T00:00:00Z&query.start_time_max=2026-12-31T00:00:00Z";

#[tokio::test]
async fn parameters_may_be_in_camel_case() {
    let store = start().await;
    store.export("orders", vec![span(1, 1, 0)]).await;
    let window = "query.startTimeMin=2026-01-01T00:00:00Z&query.startTimeMax=2026-12-31T00:00:00Z";
    let (status, _) = store
        .get(&format!(
            "/api/v3/traces?{window}&query.serviceName=orders&query.numTraces=5"
        ))
        .await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = store
        .get(&format!("/api/v3/traces?{window}&query.serviceName=nobody"))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_a_limit_the_newest_hundred_are_answered() {
    let store = start().await;
    store
        .export("orders", (1..=150).map(|n| span(n, 1, n as u64)).collect())
        .await;
    let (_, json) = store.get(&format!("/api/v3/traces?{YEAR}")).await;
    assert_eq!(json.matches("\"spanId\"").count(), 100);
    assert!(json.contains(&format!("{:032x}", 150)) && !json.contains(&format!("{:032x}", 50)));
}

#[tokio::test]
async fn an_answer_in_many_parts_is_one_document() {
    let store = start().await;
    store
        .export("orders", (1..=999).map(|n| span(n, 1, n as u64)).collect())
        .await;
    let (_, json) = store
        .get(&format!("/api/v3/traces?{YEAR}&query.num_traces=1000"))
        .await;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        json["result"]["resourceSpans"].as_array().map(Vec::len),
        Some(999)
    );
}

#[tokio::test]
async fn the_oldest_are_gone_when_memory_is_full_and_the_newest_are_whole() {
    let store = start().await;
    let long = |n: u128| {
        let mut span = span(n, 1, n as u64);
        // texts that do not repeat take the memory they have
        span.attributes = (0..100)
            .map(|key| text(&format!("key {key}"), &format!("{n} {}", key * 7)))
            .collect();
        span
    };
    const LAST: u128 = 20_000;
    for first in (1..=LAST).step_by(500) {
        store
            .export("orders", (first..first + 500).map(long).collect())
            .await;
    }
    assert_eq!(
        store.get(&format!("/api/v3/traces/{:032x}", 1)).await.0,
        StatusCode::NOT_FOUND
    );
    let (status, json) = store.get(&format!("/api/v3/traces/{LAST:032x}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        json.matches("\"key\"").count(),
        101,
        "a hundred attributes and service.name"
    );
}
