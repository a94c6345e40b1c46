//! Search against looking at every span.

use opentelemetry_proto::tonic::trace::v1::Status;
use proptest::prelude::*;

use super::{append, request, span, text};
use crate::ids::TraceId;
use crate::otlp;
use crate::store::{MEMORY_LIMIT_BYTES_MIN, Query, Store};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

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
