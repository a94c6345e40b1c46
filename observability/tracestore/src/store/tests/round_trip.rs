//! What went in comes out the same, and hostile bytes come to nothing.

use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use proptest::prelude::*;
use prost::Message;

use super::any::any_request;
use super::{append, read};
use crate::otlp;
use crate::store::{MEMORY_LIMIT_BYTES_MIN, Query, Store};

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
}
