//! Spans in, and traces, services and operations out.

use std::sync::Arc;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{ArrayValue, KeyValueList};
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use reqwest::StatusCode;
use serde_json::json;

use crate::spans::{NEW_YEAR_NS, attribute, hex, request, service, span, value};
use crate::target::{Target, assert_error, eventually};

pub async fn a_span_comes_back_as_otlp_json(target: Arc<Target>) {
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

pub async fn spans_of_both_ways_in_are_one_trace(target: Arc<Target>) {
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

pub async fn a_trace_id_may_be_short_and_must_be_hex(target: Arc<Target>) {
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

pub async fn services_and_operations_are_listed(target: Arc<Target>) {
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

pub async fn a_body_that_is_no_otlp_is_refused(target: Arc<Target>) {
    for body in [b"hello".as_slice(), &[0x0a, 0xff, 0xff]] {
        let (status, _) = target.export_bytes(body.to_vec()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}
