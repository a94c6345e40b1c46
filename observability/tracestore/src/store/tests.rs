//! The store against its invariants: what goes in comes out the same, bounded, newest first.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value::Value,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, TracesData};
use proptest::prelude::*;
use prost::Message;

use super::*;
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

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        ".{0,40}".prop_map(Value::StringValue),
        any::<u128>().prop_map(|id| Value::StringValue(uuid::Uuid::from_u128(id).to_string())),
        any::<bool>().prop_map(Value::BoolValue),
        any::<i64>().prop_map(Value::IntValue),
        // eighths, which every JSON reader reads exactly
        any::<i32>().prop_map(|n| Value::DoubleValue(f64::from(n) / 8.0)),
        any::<Vec<u8>>().prop_map(Value::BytesValue),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let values = prop::collection::vec(inner, 1..3);
        prop_oneof![
            values.clone().prop_map(|values| {
                let values = values
                    .into_iter()
                    .map(|value| AnyValue { value: Some(value) })
                    .collect();
                Value::ArrayValue(ArrayValue { values })
            }),
            values.prop_map(|values| {
                let values = values
                    .into_iter()
                    .map(|value| attribute("nested", value))
                    .collect();
                Value::KvlistValue(KeyValueList { values })
            }),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    prop::collection::vec(
        ("[a-d.]{1,6}", any_value()).prop_map(|(key, value)| attribute(&key, value)),
        0..4,
    )
}

prop_compose! {
    fn any_span()(
        ids in (1u8..4, 1u8..=255, 0u8..4),
        name in ".{0,12}",
        kind in 0..6,
        times in any::<(u64, u64)>(),
        attributes in attributes(),
        events in prop::collection::vec((any::<u64>(), "[a-z]{0,5}", attributes()), 0..3),
        links in prop::collection::vec((any::<[u8; 16]>(), any::<[u8; 8]>(), attributes(), any::<u32>()), 0..3),
        status in prop::option::of(("[a-z]{0,5}", 0..3)),
        rest in any::<(u32, u32, u32, u32)>(),
        trace_state in "[a-z=,]{0,10}",
    ) -> Span {
        Span {
            trace_id: vec![ids.0; 16],
            span_id: vec![ids.1; 8],
            parent_span_id: if ids.2 == 0 { Vec::new() } else { vec![ids.2; 8] },
            trace_state,
            name,
            kind,
            start_time_unix_nano: times.0,
            end_time_unix_nano: times.1,
            attributes,
            events: events.into_iter().map(|(time_unix_nano, name, attributes)| {
                Event { time_unix_nano, name, attributes, dropped_attributes_count: 0 }
            }).collect(),
            links: links.into_iter().map(|(trace, span, attributes, flags)| Link {
                trace_id: trace.to_vec(), span_id: span.to_vec(), attributes, flags, ..Link::default()
            }).collect(),
            status: status.map(|(message, code)| Status { message, code }),
            flags: rest.0,
            dropped_attributes_count: rest.1,
            dropped_events_count: rest.2,
            dropped_links_count: rest.3,
        }
    }
}

prop_compose! {
    fn any_request()(
        groups in prop::collection::vec(("[a-c]", attributes(), "[x-z]{0,2}", prop::collection::vec(any_span(), 0..5)), 0..4),
    ) -> ExportTraceServiceRequest {
        let resource_spans = groups.into_iter().map(|(service, attributes, schema_url, spans)| ResourceSpans {
            resource: Some(Resource { attributes: vec![text("service.name", &service)], ..Resource::default() }),
            scope_spans: vec![ScopeSpans {
                scope: Some(InstrumentationScope { name: "scope".into(), attributes, ..Default::default() }),
                spans,
                schema_url: schema_url.clone(),
            }],
            schema_url,
        }).collect();
        ExportTraceServiceRequest { resource_spans }
    }
}

/// Each span with where it comes from, in an order that does not matter.
fn flat(data: Vec<ResourceSpans>) -> Vec<String> {
    let mut spans = Vec::new();
    for mut resource in data {
        for mut scope in std::mem::take(&mut resource.scope_spans) {
            for mut span in std::mem::take(&mut scope.spans) {
                // JSON omits what is empty, and so does not tell "none" from "empty"
                span.status.get_or_insert_default();
                spans.push(format!("{resource:?} {scope:?} {span:?}"));
            }
        }
    }
    spans.sort_unstable();
    spans
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn spans_come_out_as_they_went_in(requests in prop::collection::vec(any_request(), 1..4)) {
        let mut store = Store::new(MEMORY_LIMIT_BYTES_MIN);
        for request in &requests {
            append(&mut store, request);
        }
        let sent = flat(requests.into_iter().flat_map(|request| request.resource_spans).collect());
        let mut kept = Vec::new();
        for trace in store.find(&Query::newest(usize::MAX)) {
            kept.extend(read(&store, trace).resource_spans);
        }
        prop_assert_eq!(sent, flat(kept));
    }

    #[test]
    fn any_bytes_are_taken_whole_or_refused_whole(bytes: Vec<u8>) {
        if let Ok(batch) = otlp::parse(&bytes) {
            Store::new(MEMORY_LIMIT_BYTES_MIN).append(&batch);
        }
    }

    #[test]
    fn a_request_with_one_byte_changed_is_json_or_refused(
        request in any_request(), at: prop::sample::Index, byte: u8,
    ) {
        let mut bytes = request.encode_to_vec();
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(batch) = otlp::parse(&bytes) {
            let mut store = Store::new(MEMORY_LIMIT_BYTES_MIN);
            store.append(&batch);
            for trace in store.find(&Query::newest(usize::MAX)) {
                let mut json = b"[".to_vec();
                store.write_trace(trace, &mut json);
                json.push(b']');
                prop_assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok());
            }
        }
    }

    #[test]
    fn a_search_finds_what_looking_at_every_span_finds(
        spans in prop::collection::vec((1u8..9, 0u8..3, 0u8..3, 0u64..50, 0u64..20), 0..40),
        service in prop::option::of(0u8..4),
        operation in prop::option::of(0u8..4),
        window in (0u64..50, 0u64..50),
        duration_min_ns in 0u64..20,
        limit in 0usize..10,
    ) {
        let mut store = Store::new(MEMORY_LIMIT_BYTES_MIN);
        for (at, (trace, service, operation, start, duration)) in spans.iter().enumerate() {
            let mut span = span(*trace, at as u8 + 1, *start);
            span.name = format!("o{operation}");
            span.end_time_unix_nano = start + duration;
            append(&mut store, &request(&format!("s{service}"), vec![span]));
        }
        let (service_name, operation_name) = (service.map(|n| format!("s{n}")), operation.map(|n| format!("o{n}")));
        let found = store.find(&Query {
            service: service_name.as_deref(),
            operation: operation_name.as_deref(),
            start_min_ns: window.0,
            start_max_ns: window.1,
            duration_min_ns,
            limit,
            ..Query::newest(0)
        });
        let mut expected: Vec<(u64, u8)> = (1..9).filter(|trace| spans.iter().any(|(t, s, o, start, duration)| {
            t == trace
                && service.is_none_or(|service| service == *s)
                && operation.is_none_or(|operation| operation == *o)
                && (window.0..=window.1).contains(start)
                && *duration >= duration_min_ns
        })).map(|trace| (spans.iter().filter(|span| span.0 == trace).map(|span| span.3).min().unwrap_or(0), trace)).collect();
        expected.sort_unstable_by(|a, b| b.cmp(a));
        expected.truncate(limit);
        let expected: Vec<_> = expected.into_iter().map(|(_, trace)| TraceId([trace; 16])).collect();
        prop_assert_eq!(found, expected);
    }
}

fn trace_number(number: u64, spans: u8) -> ExportTraceServiceRequest {
    let spans = (1..=spans).map(|id| {
        let mut span = span(1, id, number);
        span.trace_id = (u128::from(number) + 1).to_be_bytes().to_vec();
        span.attributes = (0..40)
            .map(|n| text(&format!("key-{n}"), &format!("{number} {n} {id}")))
            .collect();
        span
    });
    request("orders", spans.collect())
}

#[test]
fn the_oldest_traces_go_whole_and_the_limit_holds() {
    let mut store = Store::new(MEMORY_LIMIT_BYTES_MIN);
    let (mut spans, mut evicted_spans, mut evicted_traces) = (0, 0, 0);
    for number in 0..10_000 {
        let appended = append(&mut store, &trace_number(number, 3));
        spans += appended.spans;
        evicted_spans += appended.evicted_spans;
        evicted_traces += appended.evicted_traces;
        // between two evictions a segment and the entries of its traces are added
        assert!(store.occupancy().bytes <= MEMORY_LIMIT_BYTES_MIN + (2 << 20));
    }
    assert!(evicted_traces > 0);
    let kept = store.find(&Query::newest(usize::MAX));
    assert_eq!(kept.len() as u64 + evicted_traces, 10_000);
    assert_eq!(kept.len() as u64 * 3 + evicted_spans, spans);
    for (at, trace) in kept.iter().enumerate() {
        assert_eq!(
            *trace,
            TraceId((10_000 - at as u128).to_be_bytes()),
            "newest first, none missing"
        );
        let spans: usize = read(&store, *trace)
            .resource_spans
            .iter()
            .map(|r| r.scope_spans[0].spans.len())
            .sum();
        assert_eq!(spans, 3, "{trace} is whole");
    }
}

#[test]
fn a_trace_without_end_is_cut_and_counted() {
    let mut store = Store::new(MEMORY_LIMIT_BYTES_MIN);
    let spans = || (0..=SPANS_PER_TRACE_MAX).map(|_| span(1, 1, 5)).collect();
    let appended = append(&mut store, &request("orders", spans()));
    assert_eq!(
        (appended.spans, appended.refused),
        (u64::from(SPANS_PER_TRACE_MAX), 1)
    );
}

#[test]
fn spans_without_ids_or_too_large_are_counted_and_their_neighbours_kept() {
    let mut store = Store::new(MEMORY_LIMIT_BYTES_MIN);
    let mut large = span(1, 2, 5);
    large.name = "x".repeat(SPAN_BYTES_MAX);
    let nameless = Span {
        span_id: vec![0; 8],
        ..span(1, 3, 5)
    };
    let appended = append(
        &mut store,
        &request(
            "orders",
            vec![large, nameless, span(1, 1, 5), Span::default()],
        ),
    );
    assert_eq!((appended.spans, appended.refused), (1, 3));
}

#[test]
fn a_summary_shows_the_root_and_a_subject_finds_the_trace() {
    let mut store = Store::new(MEMORY_LIMIT_BYTES_MIN);
    let mut child = span(7, 2, 90);
    child.parent_span_id = vec![1; 8];
    child.attributes = vec![text(otlp::SUBJECT_ATTRIBUTE, "order-7")];
    child.status = Some(Status {
        code: 2,
        message: "refused".into(),
    });
    append(&mut store, &request("inventory", vec![child]));
    append(
        &mut store,
        &request("gateway", vec![span(7, 1, 100), span(8, 1, 50)]),
    );
    let found = store.find(&Query {
        subject: Some("order-7"),
        ..Query::newest(10)
    });
    assert_eq!(found, [TraceId([7; 16])]);
    let summary = store.summary(found[0]).expect("the trace is kept");
    assert_eq!(
        (summary.service.as_str(), summary.operation.as_str()),
        ("gateway", "operation-1")
    );
    assert_eq!(
        (
            summary.start_ns,
            summary.duration_ns,
            summary.spans,
            summary.failed_spans
        ),
        (90, 1_010, 2, 1)
    );
}
