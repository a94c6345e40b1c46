//! A collector may close a connection that was idle in the moment in which we use it again: nothing is sent on such a
//! one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use telemetry::{LogFormat, Settings, SpanKind, WorkSpan};

/// Far beyond what an export takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than the exporter keeps an idle connection.
const IDLE: Duration = Duration::from_secs(3);

/// Answers the first request of a connection, and hangs up on the second.
fn serve(stream: TcpStream, answered: Sender<()>) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 2) {
        let header = line.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    reader.get_mut().write_all(answer).expect("it is open");
    answered.send(()).expect("the test listens");
    let _ = reader.read_line(&mut line);
}

#[test]
fn what_is_sent_after_a_pause_is_sent_on_a_new_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (answered, answers) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answered = answered.clone();
            std::thread::spawn(move || serve(stream, answered));
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
