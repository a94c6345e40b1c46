//! An experiment that ends in the middle: its journal has all that was broken until then.

use std::future::pending;
use std::time::Duration;

use chaos::run::Ending;
use serde_json::Value;

use crate::stub::{Stub, journal, until};

const STEADY: &str = "
title: It ends in the middle
description: a test
steady-state-hypothesis:
  title: Somebody serves
  probes:
    - {name: orders, provider: {type: process, name: orders}, tolerance: 4}
";

fn experiment(method: &str) -> String {
    format!("{STEADY}\nmethod:\n{method}\n")
}

/// Of each activity: its fault, its status and how many receipts it has.
fn kept(journal: &Value) -> Vec<(String, String, usize)> {
    let run = journal["run"].as_array().expect("activities");
    let one = |one: &Value| {
        let word = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        let receipts = one["receipts"].as_array().expect("receipts").len();
        (word("fault"), word("status"), receipts)
    };
    run.iter().map(one).collect()
}

fn entry(fault: &str, status: &str, receipts: usize) -> (String, String, usize) {
    (fault.to_owned(), status.to_owned(), receipts)
}

#[tokio::test]
async fn what_was_broken_before_ctrl_c_keeps_its_receipts() {
    let stub = Stub::start().await;
    stub.now().nobody_returns = true;
    let method = "  - parallel:
      - {fault: process/pause, duration: 30m}
      - {fault: process/kill, blast-radius: {fixed: 2}}";
    let both = until("both are in force", || stub.now().orders.len() == 2);
    let (ending, journal, _) = stub.run("interrupted", &experiment(method), both).await;
    assert_eq!(
        (ending, &journal["status"]),
        (Ending::Unknown, &"interrupted".into())
    );
    let expected = [
        entry("process/pause", "aborted", 1),
        entry("process/kill", "aborted", 2),
    ];
    assert_eq!(kept(&journal), expected);
    assert_eq!(journal["run"][0]["touched"], 1);
}

#[tokio::test]
async fn a_fault_whose_answer_was_not_waited_for_is_found() {
    let stub = Stub::start().await;
    stub.now().begins_after = Duration::from_secs(1);
    // It is worked while nobody listens any more.
    let asked = until("the agent was asked", || stub.now().asked == 1);
    let method = "  - {fault: process/pause, duration: 30m}";
    let (_, journal, _) = stub.run("unheard", &experiment(method), asked).await;
    assert_eq!(kept(&journal), [entry("process/pause", "aborted", 1)]);
}

#[tokio::test]
async fn what_was_in_force_when_a_condition_ended_it_keeps_its_receipts() {
    let stub = Stub::start().await;
    let abort = "abort:
  - {probe: {name: orders, provider: {type: process, name: orders}, tolerance: 9}, breaches: 2}";
    let method = format!("  - {{fault: process/pause, duration: 30m}}\n{abort}");
    let (ending, journal, _) = stub.run("aborted", &experiment(&method), pending()).await;
    assert_eq!(
        (ending, &journal["status"]),
        (Ending::Unknown, &"aborted".into())
    );
    assert_eq!(kept(&journal), [entry("process/pause", "aborted", 1)]);
}

#[tokio::test]
async fn what_stood_beside_a_fault_that_failed_keeps_its_receipts() {
    let stub = Stub::start().await;
    let method = "  - parallel:
      - {fault: process/pause, duration: 30m}
      - sequence: [{pause: 1s}, {fault: process/restart}]";
    let (ending, journal, _) = stub.run("beside", &experiment(method), pending()).await;
    assert_eq!(
        (ending, &journal["status"]),
        (Ending::Unknown, &"failed".into())
    );
    let expected = [
        entry("process/pause", "aborted", 1),
        entry("process/restart", "failed", 0),
    ];
    assert_eq!(kept(&journal), expected);
}

#[tokio::test]
async fn an_agent_that_has_forgotten_takes_no_receipt_with_it() {
    let stub = Stub::start().await;
    let forgotten = async {
        let is_known = || journal("forgotten")["run"][0]["touched"] == 1;
        until("the fault is in the journal", is_known).await;
        stub.now().is_over = true;
        pending::<()>().await;
    };
    let method = "  - {fault: process/pause, duration: 30m}";
    let (ending, journal, _) = stub.run("forgotten", &experiment(method), forgotten).await;
    assert_eq!(
        (ending, &journal["status"]),
        (Ending::Unknown, &"failed".into())
    );
    assert_eq!(kept(&journal), [entry("process/pause", "aborted", 1)]);
}

#[tokio::test]
async fn the_journal_on_disk_has_every_activity_that_ended() {
    let stub = Stub::start().await;
    let method = "  - {fault: process/kill}
  - {fault: process/pause, duration: 30m}";
    let on_disk = until("both are on disk", || {
        let now = journal("on-disk");
        now["run"][1]["touched"] == 1
            && kept(&now)[0] == entry("process/kill", "succeeded", 1)
            && now["run"][0]["receipts"][0]["new_pid"] == 11
    });
    let (_, journal, _) = stub.run("on-disk", &experiment(method), on_disk).await;
    assert_eq!(kept(&journal)[0], entry("process/kill", "succeeded", 1));
}

#[tokio::test]
async fn the_probes_are_asked_and_told_while_it_runs() {
    let stub = Stub::start().await;
    let method = "  - {fault: process/pause, duration: 7s}";
    let (ending, journal, lines) = stub.run("during", &experiment(method), pending()).await;
    assert_eq!(ending, Ending::Held, "{journal}");
    let during = &journal["steady_states"]["during"][0];
    assert_eq!(during["probes"][0]["output"], 4.0, "{journal}");
    for phase in ["before the method: ", "method, ", "after the method: "] {
        let told = lines.iter().find(|line| line.starts_with(phase));
        assert!(
            told.is_some_and(|line| line.ends_with("orders: 4.0 (ok)")),
            "{lines:?}"
        );
    }
}
