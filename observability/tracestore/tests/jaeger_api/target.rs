//! A store under test: where its listeners are, and the calls the cases make.

use std::future::Future;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use prost::Message;
use reqwest::StatusCode;
use serde_json::Value;

/// A real Jaeger on a busy machine shows a span within a second; ten say that it never will.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Target {
    pub name: &'static str,
    pub query: String,
    pub otlp_http: String,
    pub otlp_grpc: String,
}

impl Target {
    pub async fn export(&self, request: &ExportTraceServiceRequest) {
        let (status, _) = self.export_bytes(request.encode_to_vec()).await;
        assert_eq!(status, StatusCode::OK);
    }

    pub async fn export_bytes(&self, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
        let url = format!("{}/v1/traces", self.otlp_http);
        let request = reqwest::Client::new()
            .post(url)
            .header("content-type", "application/x-protobuf");
        let response = request
            .body(body)
            .timeout(PATIENCE)
            .send()
            .await
            .expect("OTLP over HTTP answers");
        (
            response.status(),
            response.bytes().await.expect("a body").to_vec(),
        )
    }

    pub async fn export_grpc(&self, request: ExportTraceServiceRequest) {
        let mut client = TraceServiceClient::connect(self.otlp_grpc.clone())
            .await
            .expect("OTLP over gRPC listens");
        let response = client
            .export(request)
            .await
            .expect("the export is taken")
            .into_inner();
        assert_eq!(
            response.partial_success.unwrap_or_default().rejected_spans,
            0
        );
    }

    pub async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = reqwest::Client::new()
            .get(format!("{}{path}", self.query))
            .query(parameters);
        let response = request
            .timeout(PATIENCE)
            .send()
            .await
            .expect("the query API answers");
        let status = response.status();
        let body = response.bytes().await.expect("a body");
        let json = serde_json::from_slice(&body);
        (
            status,
            json.unwrap_or_else(|_| panic!("{path}: no JSON: {}", String::from_utf8_lossy(&body))),
        )
    }

    /// All spans of a trace, once there are `count`.
    pub async fn trace(&self, trace_id: &str, count: usize) -> Vec<Value> {
        let path = format!("/api/v3/traces/{trace_id}");
        eventually(&format!("{count} spans of {trace_id}"), async || {
            let (status, json) = self.get(&path, &[("raw_traces", "true")]).await;
            let spans = spans(&json);
            (status == StatusCode::OK && spans.len() >= count).then_some(spans)
        })
        .await
    }

    /// The trace ids a search finds, sorted.
    pub async fn search(&self, parameters: &[(&str, &str)]) -> Vec<String> {
        let (status, json) = self.get("/api/v3/traces", parameters).await;
        if status == StatusCode::NOT_FOUND {
            assert_error(&json, status);
            return Vec::new();
        }
        assert_eq!(status, StatusCode::OK, "{json}");
        let mut ids: Vec<String> = spans(&json)
            .iter()
            .map(|span| span["traceId"].as_str().expect("an id").to_owned())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// Asks until there is an answer or patience ends.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub fn spans(json: &Value) -> Vec<Value> {
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let resources = list(&json["result"], "resourceSpans");
    let scopes = resources
        .iter()
        .flat_map(|resource| list(resource, "scopeSpans"));
    scopes.flat_map(|scope| list(&scope, "spans")).collect()
}

/// The shape of every refusal.
pub fn assert_error(json: &Value, status: StatusCode) {
    assert_eq!(json["error"]["httpCode"], status.as_u16(), "{json}");
    assert!(
        json["error"]["message"]
            .as_str()
            .is_some_and(|message| !message.is_empty()),
        "{json}"
    );
}
