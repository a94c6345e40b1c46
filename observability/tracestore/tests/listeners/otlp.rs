//! What an exporter is answered when something is not as it should be.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use reqwest::StatusCode;

use crate::harness::{request, span, start};

const PROTOBUF: &str = "application/x-protobuf";

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_a_reason() {
    let store = start().await;
    let good = request("orders", vec![span(1, 1, 0)]).encode_to_vec();
    let large = vec![0; tracestore::shared::BODY_BYTES_MAX + 1];
    for (content_type, encoding, body, status, why) in [
        (
            "application/json",
            "identity",
            &good,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "http/protobuf",
        ),
        (
            PROTOBUF,
            "gzip",
            &good,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "compression",
        ),
        (
            PROTOBUF,
            "identity",
            &large,
            StatusCode::PAYLOAD_TOO_LARGE,
            "smaller batches",
        ),
        (
            PROTOBUF,
            "identity",
            &b"not OTLP".to_vec(),
            StatusCode::BAD_REQUEST,
            "OTLP",
        ),
    ] {
        let post = store
            .post()
            .header("content-type", content_type)
            .header("content-encoding", encoding);
        let response = post.body(body.clone()).send().await.expect("an answer");
        assert_eq!(response.status(), status);
        let body = response.bytes().await.expect("a status message");
        assert!(
            String::from_utf8_lossy(&body).contains(why),
            "{status}: {body:?}"
        );
    }
    assert_eq!(
        store.get(&format!("/api/v3/traces/{:032x}", 1)).await.0,
        StatusCode::NOT_FOUND,
        "none was taken"
    );
}

#[tokio::test]
async fn a_body_too_large_without_saying_so_is_refused() {
    let store = start().await;
    let parts = (0..80).map(|_| Ok::<_, std::io::Error>(vec![0u8; 64 * 1024]));
    let body = reqwest::Body::wrap_stream(futures::stream::iter(parts));
    let response = store
        .post()
        .header("content-type", PROTOBUF)
        .body(body)
        .send()
        .await;
    // the refusal may overtake the rest of the body, which then meets a closed connection
    assert!(
        response.is_err()
            || response.is_ok_and(|response| response.status() == StatusCode::PAYLOAD_TOO_LARGE)
    );
}

#[tokio::test]
async fn spans_that_cannot_be_kept_are_a_partial_success() {
    let store = start().await;
    let body = request("orders", vec![span(1, 1, 0), Span::default()]).encode_to_vec();
    let post = store.post().header("content-type", PROTOBUF).body(body);
    let response = post
        .send()
        .await
        .expect("an answer")
        .bytes()
        .await
        .expect("a body");
    let partial = ExportTraceServiceResponse::decode(response)
        .expect("OTLP")
        .partial_success
        .expect("one refused");
    assert_eq!(partial.rejected_spans, 1);
    assert_eq!(
        store.get(&format!("/api/v3/traces/{:032x}", 1)).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn grpc_refuses_what_http_refuses() {
    let store = start().await;
    let mut client = TraceServiceClient::connect(store.otlp_grpc.clone())
        .await
        .expect("a connection");
    let response = client
        .export(request("orders", vec![span(2, 1, 0), Span::default()]))
        .await
        .expect("taken");
    assert_eq!(
        response
            .into_inner()
            .partial_success
            .map(|partial| partial.rejected_spans),
        Some(1)
    );
    let mut large = span(3, 1, 0);
    large.name = "x".repeat(tracestore::shared::BODY_BYTES_MAX);
    let refused = client
        .export(request("orders", vec![large]))
        .await
        .expect_err("too large");
    assert_eq!(refused.code(), tonic::Code::OutOfRange);
}
