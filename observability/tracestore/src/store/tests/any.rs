//! Any request that an SDK could send.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use proptest::prelude::*;

use super::{attribute, text};

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
    pub fn any_request()(
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
