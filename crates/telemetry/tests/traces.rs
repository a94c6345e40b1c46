//! Spans as a collector receives them. Telemetry is set up once a process, so this is one test.

mod collector;

use std::sync::mpsc;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use telemetry::{LogFormat, Settings, SpanKind, TraceContext, WorkSpan};

/// Far beyond what an export takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Hands on what is in the requests.
fn collect() -> (String, mpsc::Receiver<ExportTraceServiceRequest>) {
    let (url, connections) = collector::listen();
    let (received, requests) = mpsc::channel();
    std::thread::spawn(move || {
        for mut connection in connections {
            let received = received.clone();
            std::thread::spawn(move || {
                while let Some(head) = connection.head() {
                    let body = connection.body(&head);
                    connection.accept();
                    let request = ExportTraceServiceRequest::decode(&*body).expect("OTLP");
                    received.send(request).expect("the test listens");
                }
            });
        }
    });
    (url, requests)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn spans_of_both_kinds_arrive_as_one_trace() {
    let (url, requests) = collect();
    let settings = Settings {
        service: "orders",
        instance: "orders-1".to_owned(),
        otlp_endpoint: Some(url),
        sample_ratio: 1.0,
        log_filter: "warn".to_owned(),
        log_format: LogFormat::Json,
    };
    let telemetry = telemetry::init(&settings).expect("the first set-up");
    assert!(
        telemetry::init(&settings).is_err(),
        "there is one set-up a process"
    );

    let outside = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let outside = TraceContext::parse(outside, None).expect("valid");
    let request = tracing::info_span!("request", otel.name = "POST /orders", otel.kind = "server");
    outside.adopt(&request);
    // The log filter says warn: it does not decide about spans.
    let inside = request.in_scope(|| TraceContext::current().expect("a current span"));
    assert_eq!(inside.trace_id(), outside.trace_id());
    let first = WorkSpan::start(SpanKind::Consumer, "process order.placed", None, &[]);
    let earlier = first.context().expect("tracing is on");
    first.end();
    let mut work = WorkSpan::start(
        SpanKind::Consumer,
        "process stock.reserved",
        Some(&inside),
        &[],
    );
    work.set("messaging.redelivered", true);
    work.link(&earlier);
    work.fail("the database is away");
    work.end();
    drop(request);
    telemetry.shutdown();

    let mut spans: Vec<Span> = Vec::new();
    while spans.len() < 3 {
        let request = requests.recv_timeout(PATIENCE).expect("three spans");
        for resource_spans in request.resource_spans {
            let resource = format!("{:?}", resource_spans.resource);
            assert!(
                resource.contains("service.name") && resource.contains("orders-1"),
                "{resource}"
            );
            spans.extend(
                resource_spans
                    .scope_spans
                    .into_iter()
                    .flat_map(|scope| scope.spans),
            );
        }
    }
    let named = |name: &str| spans.iter().find(|span| span.name == name).expect(name);
    let (server, work) = (named("POST /orders"), named("process stock.reserved"));
    assert_eq!(hex(&server.trace_id), outside.trace_id());
    assert_eq!(hex(&server.parent_span_id), "b7ad6b7169203331");
    assert_eq!(work.trace_id, server.trace_id);
    assert_eq!(work.parent_span_id, server.span_id);
    assert_eq!(hex(&work.links[0].trace_id), earlier.trace_id());
    assert_eq!(
        work.status.as_ref().expect("a status").message,
        "the database is away"
    );
    let metrics = telemetry.metrics_text();
    assert!(
        metrics.contains(r#"breakwater_spans_exported_total{outcome="sent"} 3"#),
        "{metrics}"
    );
}
