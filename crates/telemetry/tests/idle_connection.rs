//! A collector may close a connection that was idle in the moment in which we use it again: nothing is sent on such a
//! one.

mod collector;

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use collector::Connection;
use telemetry::{LogFormat, Settings, SpanKind, WorkSpan};

/// Far beyond what an export takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than the exporter keeps an idle connection.
const IDLE: Duration = Duration::from_secs(3);

/// Answers the first request of a connection, and hangs up on the second.
fn serve(mut connection: Connection, answered: &Sender<()>) {
    let Some(head) = connection.head() else {
        return;
    };
    connection.body(&head);
    connection.accept();
    answered.send(()).expect("the test listens");
    connection.head();
}

#[test]
fn what_is_sent_after_a_pause_is_sent_on_a_new_connection() {
    let (url, connections) = collector::listen();
    let (answered, answers) = mpsc::channel();
    std::thread::spawn(move || {
        for connection in connections {
            let answered = answered.clone();
            std::thread::spawn(move || serve(connection, &answered));
        }
    });
    let settings = Settings {
        service: "orders",
        instance: "orders-1".to_owned(),
        otlp_endpoint: Some(url),
        sample_ratio: 1.0,
        log_filter: "off".to_owned(),
        log_format: LogFormat::Text,
    };
    let telemetry = telemetry::init(&settings).expect("the first set-up");
    WorkSpan::start(SpanKind::Internal, "before", None, &[]).end();
    assert_eq!(answers.recv_timeout(PATIENCE), Ok(()));
    assert_eq!(answers.recv_timeout(IDLE), Err(RecvTimeoutError::Timeout));
    WorkSpan::start(SpanKind::Internal, "after", None, &[]).end();
    assert_eq!(answers.recv_timeout(PATIENCE), Ok(()), "the span is lost");
    telemetry.shutdown();
}
