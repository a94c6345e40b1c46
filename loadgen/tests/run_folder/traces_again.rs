//! The traces of a run, read again: from a store that knows them, and from one that does not.

use std::io::{Read, Write};
use std::net::TcpListener;

use checkers::state::Part;
use checkers::traces::Traces;
use loadgen::folder::FinalReads;
use serde_json::json;

use crate::valid::{ValidRun, run};

/// Above what the example has orders.
const SAMPLE: usize = 100;

/// One that answers whoever asks with this.
fn store(status: &str, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let _ = connection.read(&mut [0; 16_384]);
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    url
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
