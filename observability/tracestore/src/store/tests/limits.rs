//! Memory, spans and traces are bounded, and what goes is counted.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;

use super::{append, read, request, span, text};
use crate::ids::TraceId;
use crate::store::{MEMORY_LIMIT_BYTES_MIN, Query, SPAN_BYTES_MAX, SPANS_PER_TRACE_MAX, Store};

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
