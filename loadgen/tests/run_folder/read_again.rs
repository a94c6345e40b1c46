//! Traces and metrics of a run, read again: from a store that knows them, and from one that does not.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use checkers::state::Part;
use checkers::traces::Traces;
use loadgen::folder::{FinalReads, Phase};
use serde_json::json;

use crate::valid::{ValidRun, run};

/// Above what the example has orders.
const SAMPLE: usize = 100;

/// One that answers whoever asks with this.
fn store(status: &str, body: &str) -> String {
    store_asked(status, body).0
}

/// And says what it was asked.
fn store_asked(status: &str, body: &str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    let (asking, asked) = channel();
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut request = [0; 16_384];
            let length = connection.read(&mut request).unwrap_or(0);
            // Not every test wants to know.
            let _ = asking.send(String::from_utf8_lossy(&request[..length]).into_owned());
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    (url, asked)
}

/// A trace of one span about the first order that was acknowledged.
fn one_trace() -> String {
    let run = run();
    let mut placed = run.history.placed();
    let promise = placed.find_map(|placed| placed.operation.promise());
    let order_id = promise.expect("an order").order_id.to_string();
    let about = json!({"key": "breakwater.order_id", "value": {"stringValue": order_id}});
    let span =
        json!({"traceId": "01", "spanId": "02", "name": "POST /orders", "attributes": [about]});
    json!({"result": {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}}).to_string()
}

#[tokio::test]
async fn a_store_that_knows_nothing_of_the_run_takes_nothing_from_it() {
    let run = ValidRun::new("empty-store");
    let before = run.read("traces.json");
    for (status, body) in [
        ("404 Not Found", ""),
        ("200 OK", r#"{"result":{"resourceSpans":[]}}"#),
        // Some of it, and less than there is.
        ("200 OK", &one_trace()),
    ] {
        let url = store(status, body);
        let error = run.folder.read_traces(&url, SAMPLE).await;
        let told = error.expect_err("it knows less").to_string();
        assert!(told.contains("traces.json is as it was"), "{told}");
        assert!(told.contains(&url), "{told}");
    }
    assert!(run.read("traces.json") == before);
    assert_eq!(run.folder.judge().expect("judged").verdict, "valid");
}

#[tokio::test]
async fn a_store_that_knows_more_than_nobody_is_believed() {
    let run = ValidRun::new("known-store");
    let away: Part<Traces> = Part::Missing("the store was away".into());
    let reads: FinalReads = serde_json::from_slice(&run.read("final-state.json")).expect("JSON");
    run.folder.write_evidence(&reads, &away).expect("written");
    let nobody = store("404 Not Found", "");
    let error = run.folder.read_traces(&nobody, SAMPLE).await;
    error.expect_err("it knows nothing");
    let url = store("200 OK", &one_trace());
    let read = run.folder.read_traces(&url, SAMPLE).await;
    read.expect("it knows an order");
    let traces: Part<Traces> = serde_json::from_slice(&run.read("traces.json")).expect("JSON");
    let spans = traces.get().expect("read").traces.iter();
    assert_eq!(spans.map(|trace| trace.spans.len()).sum::<usize>(), 1);
}

// === metrics ===

/// When the run above read its metrics.
const READ_MS: u64 = 1_700_000_000_250;

/// A run whose metrics are these.
fn run_with(test: &str, telemetry: Option<&str>) -> ValidRun {
    let run = ValidRun::new(test);
    run.change(|record| {
        record.phases.push(Phase {
            name: "read metrics".into(),
            started_ms: READ_MS - 3_000,
            ended_ms: READ_MS,
        });
    });
    if let Some(why) = telemetry {
        let mut reads = final_reads(&run);
        reads.telemetry = Part::Missing(why.into());
        let traces = serde_json::from_slice(&run.read("traces.json")).expect("JSON");
        run.folder.write_evidence(&reads, &traces).expect("written");
    }
    run
}

fn final_reads(run: &ValidRun) -> FinalReads {
    serde_json::from_slice(&run.read("final-state.json")).expect("JSON")
}

/// One series, as it is now and over time.
fn one_series() -> String {
    let metric = json!({"__name__": "breakwater_events_total", "job": "orders", "instance": "1"});
    let (value, values) = (json!([1.0, "3"]), json!([[1.0, "2"], [2.0, "3"]]));
    let row = json!({"metric": metric, "value": value, "values": values});
    json!({"status": "success", "data": {"result": [row]}}).to_string()
}

#[tokio::test]
async fn metrics_that_were_missing_are_read_as_they_were_at_the_end_of_the_run() {
    let run = run_with("metrics", Some("Prometheus was away"));
    let (url, asked) = store_asked("200 OK", &one_series());
    run.folder.read_metrics(&url).await.expect("read");
    let reads = final_reads(&run);
    let telemetry = reads.telemetry.get().expect("read");
    assert_eq!(telemetry.counters[0].samples.len(), 2);
    assert!(reads.state.orders.get().is_some(), "the rest stays");
    let requests: Vec<String> = asked.try_iter().collect();
    assert!(!requests.is_empty());
    for request in requests {
        assert!(request.contains("time=1700000000.250"), "{request}");
    }
}

#[tokio::test]
async fn a_prometheus_that_knows_less_of_the_run_takes_nothing_from_it() {
    let run = run_with("less-metrics", None);
    let before = run.read("final-state.json");
    let empty = r#"{"status":"success","data":{"result":[]}}"#;
    for (status, body) in [
        ("404 Not Found", ""),
        ("200 OK", empty),
        ("200 OK", &one_series()),
    ] {
        let url = store(status, body);
        let error = run
            .folder
            .read_metrics(&url)
            .await
            .expect_err("it knows less");
        let told = error.to_string();
        assert!(told.contains("final-state.json is as it was"), "{told}");
    }
    assert!(run.read("final-state.json") == before);
    assert_eq!(run.folder.judge().expect("judged").verdict, "valid");
}

#[tokio::test]
async fn a_run_that_ended_before_its_metrics_has_no_time_to_read_them_as_of() {
    let run = ValidRun::new("no-metrics");
    let error = run
        .folder
        .read_metrics(&store("200 OK", &one_series()))
        .await;
    let told = error.expect_err("no such phase").to_string();
    assert!(told.contains("ended before its metrics"), "{told}");
}
