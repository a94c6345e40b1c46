//! The real program on a pseudo terminal. There are no databases, so that a run waits for them in its first phase:
//! long enough to look at the view and to stop the run. What the view shows of a load is tested without a terminal.

use std::process::{Child, Command, ExitStatus};

use crate::pseudo_terminal::PseudoTerminal;
use crate::stub::{Gateway, Mood, eventually};
use crate::unreachable::Site;
use rustix::process::{Pid, Signal, kill_process};

fn started(command: &mut Command) -> Child {
    command.spawn().expect("it starts")
}

async fn ended(child: &mut Child) -> ExitStatus {
    let mut status = None;
    eventually("it ends", || {
        status = child.try_wait().expect("it can be asked");
        status.is_some()
    })
    .await;
    status.expect("it ended")
}

async fn stopped(test: &str, stop: impl Fn(&mut PseudoTerminal, &Child)) {
    let gateway = Gateway::start(Mood::Accept).await;
    let site = Site::with(test, &gateway.url);
    let mut terminal = PseudoTerminal::open();
    let before = terminal.attributes();
    let mut run = started(terminal.on(&mut site.command(&["run", "smoke"])));
    eventually("the view is drawn", || {
        terminal.is_raw() && terminal.has_shown("outcomes") && terminal.has_shown("settle")
    })
    .await;
    stop(&mut terminal, &run);
    let status = ended(&mut run).await;
    assert_eq!(status.code(), Some(2), "{test}");
    let told = "interrupted; what was recorded stays in the run's folder";
    eventually("the terminal is as it was, and says why", || {
        terminal.is_restored_to(&before) && terminal.has_shown(told)
    })
    .await;
    assert!(site.path().join("runs/latest/run.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stops_the_run_and_the_terminal_is_as_it_was() {
    stopped("key-q", |terminal, _| terminal.type_in(b"q")).await;
    stopped("key-ctrl-c", |terminal, _| terminal.type_in(b"\x03")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_stops_the_run_and_the_terminal_is_as_it_was() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        stopped(&format!("signal-{}", signal.as_raw()), |_, run| {
            let pid = Pid::from_raw(run.id().cast_signed()).expect("a process");
            kill_process(pid, signal).expect("it is there");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_stops_a_run_that_shows_lines() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let gateway = Gateway::start(Mood::Accept).await;
        let site = Site::with(&format!("lines-{}", signal.as_raw()), &gateway.url);
        let terminal = PseudoTerminal::open();
        let mut run = started(terminal.on(&mut site.command(&["run", "smoke", "--plain"])));
        eventually("a line", || terminal.has_shown("0 sent  0 ended")).await;
        let pid = Pid::from_raw(run.id().cast_signed()).expect("a process");
        kill_process(pid, signal).expect("it is there");
        assert_eq!(ended(&mut run).await.code(), Some(2), "{signal:?}");
        eventually("it says why", || terminal.has_shown("interrupted;")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_becomes_tiny_and_large_again_is_drawn_on() {
    stopped("sizes", |terminal, _| {
        for (columns, rows) in [(1, 1), (3, 200), (80, 24)] {
            terminal.resize(columns, rows);
            // Each is drawn for a key.
            terminal.type_in(b"?");
        }
        terminal.type_in(b"q");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_lines_gets_lines_and_the_terminal_is_not_touched() {
    for (test, arguments, variable) in [
        ("plain", vec!["run", "smoke", "--plain"], ("LINES", "24")),
        ("no-colour", vec!["run", "smoke"], ("NO_COLOR", "1")),
        ("dumb", vec!["run", "smoke"], ("TERM", "dumb")),
    ] {
        let gateway = Gateway::start(Mood::Accept).await;
        let site = Site::with(test, &gateway.url);
        let terminal = PseudoTerminal::open();
        let mut command = site.command(&arguments);
        let mut run = started(terminal.on(&mut command).env(variable.0, variable.1));
        eventually("a line", || terminal.has_shown("0 sent  0 ended")).await;
        assert!(
            !terminal.is_raw() && !terminal.has_shown("\x1b[?1049h"),
            "{test}"
        );
        run.kill().expect("it is there");
        ended(&mut run).await;
    }
}

/// The program of the test below.
#[test]
#[ignore = "it takes the terminal and panics"]
fn child_that_panics() {
    let _screen = loadgen::view::screen::take().expect("a terminal");
    panic!("on purpose");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_gives_the_terminal_back_and_is_told_where_it_stays() {
    let terminal = PseudoTerminal::open();
    let before = terminal.attributes();
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    let child = "on_a_terminal::child_that_panics";
    command.args(["--ignored", "--exact", child, "--nocapture"]);
    let mut child = started(terminal.on(&mut command));
    let status = ended(&mut child).await;
    assert!(!status.success());
    eventually("the terminal is as it was", || {
        terminal.is_restored_to(&before) && terminal.has_shown("on purpose")
    })
    .await;
    assert!(terminal.has_shown("\x1b[?1049h"), "it was taken");
}
