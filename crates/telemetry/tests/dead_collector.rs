//! A collector that accepts and never answers costs spans, and no time.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use telemetry::{LogFormat, Settings, SpanKind, WorkSpan};

#[test]
fn neither_work_nor_shutdown_waits_for_it() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let settings = Settings {
        service: "orders",
        instance: "orders-1".to_owned(),
        otlp_endpoint: Some(format!(
            "http://{}",
            silent.local_addr().expect("an address")
        )),
        sample_ratio: 1.0,
        log_filter: "off".to_owned(),
        log_format: LogFormat::Text,
    };
    let telemetry = telemetry::init(&settings).expect("the first set-up");
    let start = Instant::now();
    // Several times what the queue holds.
    for _ in 0..20_000 {
        WorkSpan::start(SpanKind::Internal, "work", None, &[]).end();
    }
    telemetry.shutdown();
    // Two seconds of shutdown, and room for a busy machine: without the bounds it is one second a batch.
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
}
