//! The cases. Each has services of its own, so that they run side by side and against a Jaeger in use.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{ArrayValue, KeyValueList};
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use reqwest::StatusCode;
use serde_json::json;

use crate::spans::{NEW_YEAR_NS, attribute, hex, request, service, span, value};
use crate::target::{Target, assert_error, eventually};

type Case = fn(Arc<Target>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($name:ident),+ $(,)?) => {
        &[$((stringify!($name), |target| Box::pin($name(target)))),+]
    };
}

pub const ALL: &[(&str, Case)] = cases![
    a_span_comes_back_as_otlp_json,
    spans_of_both_ways_in_are_one_trace,
    a_trace_id_may_be_short_and_must_be_hex,
    services_and_operations_are_listed,
    a_search_needs_both_times,
    a_malformed_parameter_is_named,
    a_search_is_by_service_operation_and_window,
    a_search_is_by_duration,
    a_search_answers_whole_traces,
    a_limit_keeps_the_newest,
    a_limit_below_one_is_refused,
    nothing_found_is_not_found,
    a_body_that_is_no_otlp_is_refused,
];

const YEAR: [(&str, &str); 3] = [
    ("query.start_time_min", "2026-01-01T00:00:00.000000000Z"),
    ("query.start_time_max", "2026-12-31T23:59:59.999999999Z"),
    ("query.num_traces", "20"),
];

fn in_year<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    YEAR.into_iter().chain(more.iter().copied()).collect()
}

async fn a_span_comes_back_as_otlp_json(target: Arc<Target>) {
    let service = service();
    let array = ArrayValue {
        values: vec![
            value(Value::BoolValue(true)),
            value(Value::StringValue("é\"\\".into())),
        ],
    };
    let list = KeyValueList {
        values: vec![attribute("inner", Value::IntValue(-1))],
    };
    let sent = Span {
        parent_span_id: vec![0xab; 8],
        trace_state: "vendor=1".into(),
        kind: 5,
        attributes: vec![
            attribute("text", Value::StringValue("<b>".into())),
            attribute("whole", Value::IntValue(i64::MIN)),
            attribute("real", Value::DoubleValue(0.5)),
            attribute("bytes", Value::BytesValue(vec![1, 2, 255])),
            attribute("array", Value::ArrayValue(array)),
            attribute("list", Value::KvlistValue(list)),
        ],
        events: vec![Event {
            time_unix_nano: NEW_YEAR_NS + 7,
            name: "exception".into(),
            attributes: vec![attribute(
                "exception.type",
                Value::StringValue("Refused".into()),
            )],
            dropped_attributes_count: 0,
        }],
        links: vec![Link {
            trace_id: vec![0xcd; 16],
            span_id: vec![0xef; 8],
            ..Link::default()
        }],
        status: Some(Status {
            code: 2,
            message: "out of stock".into(),
        }),
        ..span("process order.placed", 3)
    };
    let (trace, id) = (hex(&sent.trace_id), hex(&sent.span_id));
    target.export(&request(&service, vec![sent])).await;
    let read = target.trace(&trace, 1).await.remove(0);
    let expected = json!({
        "traceId": trace, "spanId": id, "parentSpanId": "abababababababab", "traceState": "vendor=1",
        "name": "process order.placed", "kind": 5,
        "startTimeUnixNano": "1767225603000000000", "endTimeUnixNano": "1767225604000000000",
        "attributes": [
            {"key": "text", "value": {"stringValue": "<b>"}},
            {"key": "whole", "value": {"intValue": "-9223372036854775808"}},
            {"key": "real", "value": {"doubleValue": 0.5}},
            {"key": "bytes", "value": {"bytesValue": "AQL/"}},
            {"key": "array", "value": {"arrayValue": {"values": [{"boolValue": true}, {"stringValue": "é\"\\"}]}}},
            {"key": "list", "value": {"kvlistValue": {"values": [{"key": "inner", "value": {"intValue": "-1"}}]}}},
        ],
        "events": [{
            "timeUnixNano": "1767225600000000007", "name": "exception",
            "attributes": [{"key": "exception.type", "value": {"stringValue": "Refused"}}],
        }],
        "links": [{"traceId": "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", "spanId": "efefefefefefefef"}],
        "status": {"code": 2, "message": "out of stock"},
    });
    assert_eq!(read, expected);
    let (_, json) = target.get(&format!("/api/v3/traces/{trace}"), &[]).await;
    let resource = &json["result"]["resourceSpans"][0];
    assert_eq!(
        resource["resource"]["attributes"][0],
        json!({"key": "service.name", "value": {"stringValue": service}})
    );
    assert_eq!(resource["scopeSpans"][0]["scope"]["name"], "suite");
}

async fn spans_of_both_ways_in_are_one_trace(target: Arc<Target>) {
    let over_http = span("over http", 1);
    let over_grpc = Span {
        trace_id: over_http.trace_id.clone(),
        ..span("over grpc", 2)
    };
    let trace = hex(&over_http.trace_id);
    target.export(&request(&service(), vec![over_http])).await;
    target.trace(&trace, 1).await;
    target
        .export_grpc(request(&service(), vec![over_grpc]))
        .await;
    let mut names: Vec<_> = target
        .trace(&trace, 2)
        .await
        .iter()
        .map(|span| span["name"].to_string())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["\"over grpc\"", "\"over http\""]);
}

async fn a_trace_id_may_be_short_and_must_be_hex(target: Arc<Target>) {
    let mut sent = span("short", 1);
    sent.trace_id[..8].fill(0);
    let short = hex(&sent.trace_id[8..]);
    target.export(&request(&service(), vec![sent])).await;
    let read = target.trace(short.trim_start_matches('0'), 1).await;
    assert_eq!(read[0]["traceId"], format!("{:0>32}", short));
    for wrong in ["xyz", "0123456789abcdef0123456789abcdef0"] {
        let (status, json) = target.get(&format!("/api/v3/traces/{wrong}"), &[]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_error(&json, status);
    }
}

async fn services_and_operations_are_listed(target: Arc<Target>) {
    let service = service();
    let spans = [("a", 3), ("a", 2), ("b", 1), ("c", 0)].map(|(name, kind)| Span {
        kind,
        ..span(name, 1)
    });
    target.export(&request(&service, spans.to_vec())).await;
    let listed = eventually("the service is listed", async || {
        let (_, json) = target.get("/api/v3/services", &[]).await;
        let listed = json["services"].as_array().cloned().unwrap_or_default();
        listed.contains(&json!(service)).then_some(listed)
    });
    listed.await;
    let operations = async |parameters: &[(&str, &str)]| {
        let (status, json) = target.get("/api/v3/operations", parameters).await;
        assert_eq!(status, StatusCode::OK);
        let mut listed: Vec<String> = json["operations"]
            .as_array()
            .into_iter()
            .flatten()
            .map(ToString::to_string)
            .collect();
        listed.sort_unstable();
        listed
    };
    let all = operations(&[("service", &service)]).await;
    let expected = [
        r#"{"name":"a","spanKind":"client"}"#,
        r#"{"name":"a","spanKind":"server"}"#,
        r#"{"name":"b","spanKind":"internal"}"#,
        r#"{"name":"c"}"#,
    ];
    assert_eq!(all, expected);
    assert_eq!(
        operations(&[("service", &service), ("span_kind", "server")]).await,
        expected[1..2]
    );
    assert!(operations(&[("service", "nobody")]).await.is_empty());
}

async fn a_search_needs_both_times(target: Arc<Target>) {
    for missing in 0..2 {
        let mut parameters = YEAR.to_vec();
        parameters.remove(missing);
        let (status, json) = target.get("/api/v3/traces", &parameters).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_error(&json, status);
    }
}

async fn a_malformed_parameter_is_named(target: Arc<Target>) {
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

async fn a_search_is_by_service_operation_and_window(target: Arc<Target>) {
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
        [late_id.clone()]
    );
    assert_eq!(
        find(&[("query.start_time_max", "2026-01-01T00:00:15Z")]).await,
        [early_id.clone()]
    );
    // bounds are inclusive, to the nanosecond
    assert_eq!(
        find(&[("query.start_time_min", "2026-01-01T00:00:20Z")]).await,
        [late_id.clone()]
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

async fn a_search_is_by_duration(target: Arc<Target>) {
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

async fn a_search_answers_whole_traces(target: Arc<Target>) {
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
    assert_eq!(crate::target::spans(&json).len(), 2, "{json}");
}

async fn a_limit_keeps_the_newest(target: Arc<Target>) {
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

async fn a_limit_below_one_is_refused(target: Arc<Target>) {
    for limit in ["0", "-1"] {
        let mut parameters = YEAR.to_vec();
        parameters[2].1 = limit;
        let (status, json) = target.get("/api/v3/traces", &parameters).await;
        // a mistake of the caller here, an internal one there
        assert!(status.is_client_error() || status.is_server_error());
        assert_error(&json, status);
    }
}

async fn nothing_found_is_not_found(target: Arc<Target>) {
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

async fn a_body_that_is_no_otlp_is_refused(target: Arc<Target>) {
    for body in [b"hello".as_slice(), &[0x0a, 0xff, 0xff]] {
        let (status, _) = target.export_bytes(body.to_vec()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}
