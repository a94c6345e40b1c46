//! Spans to send.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use uuid::Uuid;

/// 2026-01-01T00:00:00Z
pub const NEW_YEAR_NS: u64 = 1_767_225_600_000_000_000;

/// A service that nobody else uses.
pub fn service() -> String {
    format!("service-{}", Uuid::new_v4())
}

pub fn value(value: Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

pub fn attribute(key: &str, of: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(value(of)),
        key_strindex: 0,
    }
}

/// A span of a second, `at_s` seconds into the year, in a trace of its own.
pub fn span(name: &str, at_s: u64) -> Span {
    let start_ns = NEW_YEAR_NS + at_s * 1_000_000_000;
    Span {
        trace_id: Uuid::new_v4().as_bytes().to_vec(),
        span_id: Uuid::new_v4().as_bytes()[..8].to_vec(),
        name: name.to_owned(),
        kind: 2,
        start_time_unix_nano: start_ns,
        end_time_unix_nano: start_ns + 1_000_000_000,
        ..Span::default()
    }
}

pub fn request(service: &str, spans: Vec<Span>) -> ExportTraceServiceRequest {
    let attributes = vec![attribute(
        "service.name",
        Value::StringValue(service.to_owned()),
    )];
    let scope = InstrumentationScope {
        name: "suite".to_owned(),
        ..InstrumentationScope::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource {
                attributes,
                ..Resource::default()
            }),
            scope_spans: vec![ScopeSpans {
                scope: Some(scope),
                spans,
                ..ScopeSpans::default()
            }],
            schema_url: String::new(),
        }],
    }
}

pub fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
