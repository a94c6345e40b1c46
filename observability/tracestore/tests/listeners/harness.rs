//! A store on ports of its own, and spans to send it.

use lifecycle::Shutdown;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use reqwest::{RequestBuilder, StatusCode};
use tokio::net::TcpListener;
use tracestore::shared::SharedStore;
use tracestore::store::{MEMORY_LIMIT_BYTES_MIN, Store};
use tracestore::{ingest, listeners};

pub struct TestStore {
    otlp_http: String,
    pub otlp_grpc: String,
    public: String,
}

/// It lives as long as the test's runtime.
pub async fn start() -> TestStore {
    let store = SharedStore::new(Store::new(MEMORY_LIMIT_BYTES_MIN));
    let (otlp_http, otlp_http_url) = listen().await;
    let (otlp_grpc, otlp_grpc_url) = listen().await;
    let (public, public_url) = listen().await;
    tokio::spawn(lifecycle::server::serve(
        otlp_http,
        listeners::otlp_http(store.clone()),
        Shutdown::new(),
    ));
    tokio::spawn(lifecycle::server::serve(
        public,
        listeners::public(store.clone()),
        Shutdown::new(),
    ));
    tokio::spawn(ingest::grpc::serve(
        otlp_grpc,
        store,
        std::future::pending(),
    ));
    TestStore {
        otlp_http: otlp_http_url,
        otlp_grpc: otlp_grpc_url,
        public: public_url,
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

impl TestStore {
    pub fn post(&self) -> RequestBuilder {
        reqwest::Client::new().post(format!("{}/v1/traces", self.otlp_http))
    }

    pub async fn export(&self, service: &str, spans: Vec<Span>) {
        let body = request(service, spans).encode_to_vec();
        let response = self
            .post()
            .header("content-type", "application/x-protobuf")
            .body(body)
            .send()
            .await;
        assert_eq!(response.expect("an answer").status(), StatusCode::OK);
    }

    pub async fn get(&self, path: &str) -> (StatusCode, String) {
        let response = reqwest::get(format!("{}{path}", self.public))
            .await
            .expect("an answer");
        (response.status(), response.text().await.expect("text"))
    }
}

pub fn text(key: &str, value: &str) -> KeyValue {
    let value = AnyValue {
        value: Some(Value::StringValue(value.to_owned())),
    };
    KeyValue {
        key: key.to_owned(),
        value: Some(value),
        key_strindex: 0,
    }
}

pub fn request(service: &str, spans: Vec<Span>) -> ExportTraceServiceRequest {
    let resource = Resource {
        attributes: vec![text("service.name", service)],
        ..Resource::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource),
            scope_spans: vec![ScopeSpans {
                spans,
                ..ScopeSpans::default()
            }],
            schema_url: String::new(),
        }],
    }
}

/// A span of a millisecond at `at_ms` after 2026-01-01T00:00:00Z.
pub fn span(trace: u128, id: u64, at_ms: u64) -> Span {
    let start_ns = 1_767_225_600_000_000_000 + at_ms * 1_000_000;
    Span {
        trace_id: trace.to_be_bytes().to_vec(),
        span_id: id.to_be_bytes().to_vec(),
        name: format!("operation {id}"),
        start_time_unix_nano: start_ns,
        end_time_unix_nano: start_ns + 1_000_000,
        ..Span::default()
    }
}
