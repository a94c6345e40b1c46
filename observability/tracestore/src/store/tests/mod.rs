//! The store against its invariants: what goes in comes out the same, bounded, newest first.

mod any;
mod limits;
mod round_trip;
mod search;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, TracesData};
use prost::Message;

use super::{Appended, Store};
use crate::ids::TraceId;
use crate::otlp;

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.into(),
        value: Some(AnyValue { value: Some(value) }),
        key_strindex: 0,
    }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.into()))
}

fn span(trace: u8, id: u8, start_ns: u64) -> Span {
    Span {
        trace_id: vec![trace; 16],
        span_id: vec![id; 8],
        name: format!("operation-{id}"),
        kind: 2,
        start_time_unix_nano: start_ns,
        end_time_unix_nano: start_ns + 1_000,
        ..Span::default()
    }
}

fn request(service: &str, spans: Vec<Span>) -> ExportTraceServiceRequest {
    let resource = Resource {
        attributes: vec![text("service.name", service)],
        ..Resource::default()
    };
    let scope_spans = vec![ScopeSpans {
        spans,
        ..ScopeSpans::default()
    }];
    let resource = Some(resource);
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource,
            scope_spans,
            schema_url: String::new(),
        }],
    }
}

fn append(store: &mut Store, request: &ExportTraceServiceRequest) -> Appended {
    store
        .append(&otlp::parse(&request.encode_to_vec()).expect("an encoder's bytes are well-formed"))
}

fn read(store: &Store, trace: TraceId) -> TracesData {
    let mut json = b"{\"resourceSpans\":[".to_vec();
    assert!(store.write_trace(trace, &mut json), "{trace} is kept");
    json.extend_from_slice(b"]}");
    serde_json::from_slice(&json)
        .unwrap_or_else(|mistake| panic!("{mistake}: {}", String::from_utf8_lossy(&json)))
}
