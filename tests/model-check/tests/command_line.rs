//! The command as its caller sees it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Output, Stdio},
};

fn model_check(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_model-check"));
    command.args(arguments).output().expect("the command runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_model_that_holds_is_exit_code_0_and_a_line_of_the_table() {
    let output = model_check(&["check", "pivot-choreography"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        said(&output).contains("11/11 always, 7/7 sometimes"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_violation_is_exit_code_1_and_a_story() {
    let output = model_check(&["check", "pivot-choreography", "--careless", "no-outbox"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("at rest, every order has ended"));
    assert!(said(&output).contains("inventory receives order.placed of A"));
}

#[test]
fn what_was_never_seen_is_exit_code_1() {
    let output = model_check(&["check", "pivot-choreography", "--cancels", "0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("never came to see: a cancel comes before the shipment"));
}

#[test]
fn a_model_that_is_not_there_is_exit_code_2_and_says_where_to_look() {
    let output = model_check(&["check", "nonsense"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("model-check list"));
}

#[test]
fn the_explorer_has_no_password_and_listens_on_the_loopback_only() {
    let output = model_check(&["explore", "pivot-choreography", "--address", "0.0.0.0:0"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn every_model_is_listed() {
    let output = model_check(&["list"]);
    for scenario in model_check::scenario::all() {
        assert!(said(&output).contains(&scenario.name));
    }
}

/// Ends the explorer with the test, however the test ends.
struct Explorer(Child);

impl Drop for Explorer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_explorer_tells_the_first_state_and_what_can_follow() {
    let child = Command::new(env!("CARGO_BIN_EXE_model-check"))
        .args(["explore", "pivot-choreography", "--address", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command runs");
    let mut explorer = Explorer(child);
    let mut line = String::new();
    let stdout = explorer.0.stdout.take().expect("it is piped");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("it says where it is");
    let address = line
        .split("http://")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .expect("it says an address");
    assert!(get(address, "/").contains("Stateright Explorer"));
    let steps = get(address, "/.states/0");
    assert!(
        steps.contains("inventory receives order.placed of A"),
        "{steps}"
    );
    assert!(steps.contains("the customer cancels A"), "{steps}");
    assert!(steps.contains("tea 0 on hand, 1 reserved"), "{steps}");
}

fn get(address: &str, path: &str) -> String {
    // It says where it will be, and is there a moment later.
    let mut stream = loop {
        if let Ok(stream) = TcpStream::connect(address) {
            break stream;
        }
        std::thread::yield_now();
    };
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").expect("it listens");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    String::from_utf8_lossy(&answer).into_owned()
}
