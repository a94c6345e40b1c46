//! `chaos proxy` as a person calls it. What it does to messages is tested in `chaos/proxy`,
//! against a real broker.

use std::process::{Command, Output};

fn proxy(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chaos"));
    let output = command.arg("proxy").args(arguments).output();
    output.expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn without_a_broker_it_does_not_start_and_says_where_it_looked() {
    // Port 1 is nobody's.
    let output = proxy(&["--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1"]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(said.contains("no healthy broker at 127.0.0.1:1"), "{said}");
}

#[test]
fn a_fault_that_there_is_not_is_answered_with_those_there_are() {
    let output = proxy(&["--fault", "publish/lose"]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    for fault in [
        "publish/drop/acked",
        "confirm/delay",
        "delivery/drop/requeued",
        "publish/return",
        "confirm/nack",
        "delivery/reorder",
        "broker/close-channel/404",
        "broker/blocked",
    ] {
        assert!(said.contains(fault), "{said}");
    }
}

#[test]
fn a_choice_of_messages_without_a_fault_is_a_mistake() {
    let output = proxy(&["--exchange", "events"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--fault"), "{}", said(&output));
}

#[test]
fn a_header_without_a_value_is_refused() {
    let output = proxy(&["--fault", "delivery/hold", "--header", "customer"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("customer=7"), "{}", said(&output));
}

#[test]
fn a_share_beyond_all_is_refused() {
    let output = proxy(&["--fault", "publish/duplicate", "--probability", "1.5"]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(said.contains("between 0 and 1"), "{said}");
}
