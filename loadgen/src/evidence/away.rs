//! Prometheus or the trace store is away, or is somebody else: what they would have shown is unknown for that reason.

use std::io::{Read, Write};
use std::net::TcpListener;

use checkers::claims::{recovery, telemetry, traces};
use checkers::state::Part;
use checkers::{Run, Verdict, example, judge};
use futures::future::join_all;

use super::{Scope, prometheus, trace_store};
use crate::endpoints::Endpoints;

/// One that sends these octets to whoever asks, and hangs up.
fn server(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let _ = connection.read(&mut [0; 16_384]);
            let _ = connection.write_all(&answer);
        }
    });
    url
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    (head + body).into_bytes()
}

/// The body breaks off in the middle; its length does not.
fn half(body: &str) -> Vec<u8> {
    let mut octets = answer("200 OK", body);
    octets.truncate(octets.len() - body.len() / 2);
    octets
}

fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("bound"))
}

/// What stands where a server should be, and a word of why that is no evidence.
fn wrong_servers(sound: &str, empty: &str, why_empty: &'static str) -> Vec<(String, &'static str)> {
    vec![
        (nobody(), "error sending request"),
        (server(Vec::new()), "error sending request"),
        (server(answer("500 Internal Server Error", "")), "500"),
        (server(answer("500 Internal Server Error", sound)), "500"),
        (
            server(answer("200 OK", "<html>Welcome</html>")),
            "expected value",
        ),
        (server(half(sound)), "error"),
        (
            server(answer("200 OK", &sound[..sound.len() / 2])),
            "EOF while parsing",
        ),
        (server(answer("200 OK", empty)), why_empty),
    ]
}

fn endpoints(url: &str) -> Endpoints {
    Endpoints {
        gateway: Vec::new(),
        prometheus: url.to_owned(),
        traces: url.to_owned(),
        rabbitmq_management: url.to_owned(),
    }
}

fn broken_run() -> Run {
    Run {
        journal: Some(Part::Read(example::journal())),
        ..example::run()
    }
}

/// The claims that rest on it are unknown for this reason, and so is the run.
#[track_caller]
fn assert_unknown(run: &Run, claims: &[checkers::Claim], why: &str) {
    let reports = judge(run);
    assert_eq!(Verdict::over(&reports).label(), "unknown", "{why}");
    for claim in claims {
        let report = reports.iter().find(|report| report.claim == *claim);
        match report.map(|report| &report.verdict) {
            Some(Verdict::Unknown(told)) => {
                assert!(
                    told.join("; ").contains(why),
                    "{}: {told:?}, not {why}",
                    claim.id
                );
            }
            other => panic!("{} without {why}: {other:?}", claim.id),
        }
    }
}

#[tokio::test]
async fn without_prometheus_recovery_and_metrics_are_unknown() {
    let sound = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
    let mut servers = wrong_servers(sound, "", "EOF while parsing");
    let warned = r#"{"status":"success","warnings":["half of it"],"data":{"result":[]}}"#;
    let refused = r#"{"status":"error","error":"query timed out"}"#;
    servers.extend([
        // No series at all: it is up, and scrapes somebody else.
        (server(answer("200 OK", sound)), "no counter of ours"),
        (server(answer("200 OK", warned)), "half of it"),
        (
            server(answer("503 Service Unavailable", refused)),
            "query timed out",
        ),
        (server(answer("200 OK", refused)), "query timed out"),
    ]);
    let scope = Scope {
        prefix: "r1-".into(),
        started_ms: 0,
    };
    let asked = servers.iter().map(async |(url, why)| {
        let state = example::run().state;
        let read = prometheus::read(&endpoints(url), &scope, &state).await;
        (read, *why)
    });
    for (read, why) in join_all(asked).await {
        let run = Run {
            telemetry: read.into(),
            ..broken_run()
        };
        assert_unknown(&run, &[recovery::CLAIM, telemetry::CLAIM], why);
    }
}

#[tokio::test]
async fn without_the_trace_store_traces_are_unknown() {
    let sound = r#"{"result":{"resourceSpans":[]}}"#;
    let mut servers = wrong_servers(sound, "", "not in the store");
    // It knows none of the orders.
    servers.extend([
        (server(answer("200 OK", sound)), "not in the store"),
        (server(answer("404 Not Found", "")), "not in the store"),
    ]);
    let asked = servers.iter().map(async |(url, why)| {
        let run = example::run();
        let read = trace_store::read(url, &run.history, &run.state, 100).await;
        (read, *why)
    });
    for (read, why) in join_all(asked).await {
        let run = Run {
            traces: read.into(),
            ..broken_run()
        };
        assert_unknown(&run, &[traces::CLAIM], why);
    }
}
