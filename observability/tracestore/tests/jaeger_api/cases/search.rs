//! Searches: what they need, what they find, what they refuse.

use std::sync::Arc;

use opentelemetry_proto::tonic::trace::v1::Span;
use reqwest::StatusCode;

use crate::spans::{hex, request, service, span};
use crate::target::{Target, assert_error, spans};

const YEAR: [(&str, &str); 3] = [
    ("query.start_time_min", "2026-01-01T00:00:00.000000000Z"),
    ("query.start_time_max", "2026-12-31T23:59:59.999999999Z"),
    ("query.num_traces", "20"),
];

fn in_year<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    YEAR.into_iter().chain(more.iter().copied()).collect()
}

pub async fn a_search_needs_both_times(target: Arc<Target>) {
    for missing in 0..2 {
        let mut parameters = YEAR.to_vec();
        parameters.remove(missing);
        let (status, json) = target.get("/api/v3/traces", &parameters).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_error(&json, status);
    }
}

pub async fn a_malformed_parameter_is_named(target: Arc<Target>) {
    for (name, wrong) in [
        ("query.start_time_min", "yesterday"),
        ("query.start_time_max", "1767225600"),
        ("query.num_traces", "many"),
        ("query.duration_min", "5"),
        ("query.duration_max", "soon"),
        ("query.raw_traces", "perhaps"),
    ] {
        let parameters: Vec<_> = YEAR
            .into_iter()
            .filter(|(known, _)| *known != name)
            .chain([(name, wrong)])
            .collect();
        let (status, json) = target.get("/api/v3/traces", &parameters).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{name}={wrong}");
        assert_error(&json, status);
        assert!(json.to_string().contains(name), "{json}");
    }
}

pub async fn a_search_is_by_service_operation_and_window(target: Arc<Target>) {
    let service = service();
    let (early, late) = (span("early", 10), span("late", 20));
    let (early_id, late_id) = (hex(&early.trace_id), hex(&late.trace_id));
    target.export(&request(&service, vec![early, late])).await;
    target.trace(&late_id, 1).await;
    let find = async |more: &[(&str, &str)]| {
        let mut parameters = vec![("query.service_name", service.as_str())];
        parameters.extend(more);
        let defaults = YEAR
            .into_iter()
            .filter(|(name, _)| more.iter().all(|(given, _)| given != name));
        parameters.extend(defaults);
        target.search(&parameters).await
    };
    let mut both = vec![early_id.clone(), late_id.clone()];
    both.sort_unstable();
    assert_eq!(find(&[]).await, both);
    assert_eq!(
        find(&[("query.operation_name", "late")]).await,
        std::slice::from_ref(&late_id)
    );
    assert_eq!(
        find(&[("query.start_time_max", "2026-01-01T00:00:15Z")]).await,
        std::slice::from_ref(&early_id)
    );
    // bounds are inclusive, to the nanosecond
    assert_eq!(
        find(&[("query.start_time_min", "2026-01-01T00:00:20Z")]).await,
        std::slice::from_ref(&late_id)
    );
    assert!(
        find(&[("query.start_time_min", "2026-01-01T00:00:20.000000001Z")])
            .await
            .is_empty()
    );
    assert_eq!(
        find(&[("query.start_time_max", "2026-01-01T01:00:10+01:00")]).await,
        [early_id]
    );
}

pub async fn a_search_is_by_duration(target: Arc<Target>) {
    let service = service();
    let mut long = span("long", 1);
    long.end_time_unix_nano += 1_000_000_000;
    let short = span("short", 1);
    let (long_id, short_id) = (hex(&long.trace_id), hex(&short.trace_id));
    target.export(&request(&service, vec![long, short])).await;
    target.trace(&short_id, 1).await;
    let service = ("query.service_name", service.as_str());
    assert_eq!(
        target
            .search(&in_year(&[service, ("query.duration_min", "1.5s")]))
            .await,
        [long_id]
    );
    assert_eq!(
        target
            .search(&in_year(&[service, ("query.duration_max", "1500ms")]))
            .await,
        [short_id]
    );
}

pub async fn a_search_answers_whole_traces(target: Arc<Target>) {
    let (first, second) = (service(), service());
    let root = span("root", 1);
    let child = Span {
        trace_id: root.trace_id.clone(),
        parent_span_id: root.span_id.clone(),
        ..span("child", 2)
    };
    let trace = hex(&root.trace_id);
    target.export(&request(&first, vec![root])).await;
    target.export(&request(&second, vec![child])).await;
    target.trace(&trace, 2).await;
    let (status, json) = target
        .get(
            "/api/v3/traces",
            &in_year(&[("query.service_name", &second)]),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(spans(&json).len(), 2, "{json}");
}

pub async fn a_limit_keeps_the_newest(target: Arc<Target>) {
    let service = service();
    let mut ids = Vec::new();
    // one after the other: Jaeger's newest is what came last, ours what started last
    for at_s in 1..=3 {
        let span = span("work", at_s);
        ids.push(hex(&span.trace_id));
        target.export(&request(&service, vec![span])).await;
        target.trace(&ids[ids.len() - 1], 1).await;
    }
    let mut parameters = in_year(&[("query.service_name", &service)]);
    parameters.retain(|(name, _)| *name != "query.num_traces");
    parameters.push(("query.num_traces", "2"));
    let mut newest = ids[1..].to_vec();
    newest.sort_unstable();
    assert_eq!(target.search(&parameters).await, newest);
}

pub async fn a_limit_below_one_is_refused(target: Arc<Target>) {
    for limit in ["0", "-1"] {
        let mut parameters = YEAR.to_vec();
        parameters[2].1 = limit;
        let (status, json) = target.get("/api/v3/traces", &parameters).await;
        // a mistake of the caller here, an internal one there
        assert!(status.is_client_error() || status.is_server_error());
        assert_error(&json, status);
    }
}

pub async fn nothing_found_is_not_found(target: Arc<Target>) {
    let (status, json) = target
        .get(
            "/api/v3/traces",
            &in_year(&[("query.service_name", "nobody")]),
        )
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_error(&json, status);
    let (status, json) = target
        .get("/api/v3/traces/00000000000000000000000000000bad", &[])
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_error(&json, status);
}
