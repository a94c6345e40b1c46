//! The binary: what it does with a wrong configuration, and how it ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

fn registry(variables: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_registry"))
        .env_clear()
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

#[test]
fn all_mistakes_of_a_configuration_are_named_and_the_exit_code_says_so() {
    let mut child = registry(&[("PUBLIC_ADDR", "nowhere"), ("LOG_FORMAT", "xml")]);
    let status = child.wait().expect("it ends");
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut said)
        .expect("text");
    assert_eq!(status.code(), Some(78), "{said}");
    for key in ["PUBLIC_ADDR", "ADMIN_ADDR", "LOG_FORMAT"] {
        assert!(said.contains(key), "{key} is not in {said}");
    }
}

#[test]
fn sigterm_drains_and_ends_with_0() {
    let mut child = registry(&[
        ("PUBLIC_ADDR", "127.0.0.1:0"),
        ("ADMIN_ADDR", "127.0.0.1:0"),
    ]);
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let serving = lines
        .by_ref()
        .any(|line| line.expect("text").contains("serving"));
    assert!(serving, "it says when it serves");
    let pid = i32::try_from(child.id()).expect("a process id");
    let pid = rustix::process::Pid::from_raw(pid).expect("not 0");
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it lives");
    let said: Vec<String> = lines.map(|line| line.expect("text")).collect();
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0), "{said:?}");
    assert!(said.iter().any(|line| line.contains("stopped")), "{said:?}");
}
