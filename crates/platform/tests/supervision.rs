//! Processes are started again when they die, and end with their supervisor.

mod stand_ins;

use std::time::Duration;

use platform::process::{
    Action, ActionError, Kind, Probe, ProcessSpec, State, Supervisor, leftovers,
};
use stand_ins::{Folder, PATIENCE, assert_nothing_left, eventually, shell};

fn open(folder: &Folder) -> Supervisor {
    Supervisor::open(folder.path(), &folder.logs()).expect("opens")
}

fn pid_of(supervisor: &Supervisor, name: &str) -> Option<u32> {
    let list = supervisor.list();
    list.iter().find(|process| process.name == name)?.pid
}

async fn ready(supervisor: &Supervisor, name: &str) -> u32 {
    supervisor
        .ready(&[name.to_owned()], PATIENCE, |_| {})
        .await
        .expect("gets ready");
    pid_of(supervisor, name).expect("runs")
}

#[tokio::test]
async fn a_killed_process_is_started_again_and_the_receipt_names_the_one_that_died() {
    let folder = Folder::new();
    let supervisor = open(&folder);
    supervisor.start(shell("a", "exec sleep infinity"));
    let first = ready(&supervisor, "a").await;

    let receipt = supervisor.act("a", Action::Kill).await.expect("kills");
    assert_eq!((receipt.pid, receipt.signal.as_str()), (first, "SIGKILL"));
    assert!(
        supervisor
            .until("a", PATIENCE, |a| a.restarts == 1 && a.ready)
            .await
    );
    let list = supervisor.list();
    assert_ne!(list[0].pid, Some(first));
    assert_eq!(list[0].last_exit.as_deref(), Some("killed by signal 9"));
}

#[tokio::test]
async fn a_crash_loop_is_kept_up_and_reported() {
    let folder = Folder::new();
    let supervisor = open(&folder);
    let mut spec = shell("a", "exit 3");
    spec.probe = Probe::Tcp("127.0.0.1:1".into());
    supervisor.start(spec);
    assert!(supervisor.until("a", PATIENCE, |a| a.restarts >= 3).await);
    assert_eq!(
        supervisor.list()[0].last_exit.as_deref(),
        Some("exited with 3")
    );
}

#[tokio::test]
async fn a_configuration_mistake_is_told_at_once_with_the_words_of_the_process() {
    let folder = Folder::new();
    let supervisor = open(&folder);
    let mut spec = shell("a", "echo DATABASE_URL is missing >&2; exit 78");
    spec.probe = Probe::Tcp("127.0.0.1:1".into());
    supervisor.start(spec);
    let error = supervisor
        .ready(&["a".to_owned()], Duration::from_secs(600), |_| {})
        .await
        .expect_err("is hopeless");
    let text = error.to_string();
    assert!(
        text.contains("exited with 78") && text.contains("DATABASE_URL is missing"),
        "{text}"
    );
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told_at_once() {
    let folder = Folder::new();
    let supervisor = open(&folder);
    let mut spec = ProcessSpec::new("a", Kind::Service, "/no/such/program", "/");
    spec.probe = Probe::Tcp("127.0.0.1:1".into());
    supervisor.start(spec);
    let ready = supervisor
        .ready(&["a".to_owned()], Duration::from_secs(600), |_| {})
        .await;
    assert!(ready.is_err());
}

#[tokio::test]
async fn a_paused_process_stands_still_with_its_children_until_it_is_resumed() {
    let folder = Folder::new();
    let supervisor = open(&folder);
    supervisor.start(shell("a", "sleep infinity & wait"));
    ready(&supervisor, "a").await;
    eventually("the child runs", || leftovers::of(folder.path()).len() == 2).await;
    let everyone = leftovers::of(folder.path());

    supervisor.act("a", Action::Pause).await.expect("pauses");
    assert_eq!(supervisor.list()[0].state, State::Paused);
    eventually("all stand still", || {
        everyone.iter().all(|&pid| letter(pid) == Some('T'))
    })
    .await;

    supervisor.act("a", Action::Resume).await.expect("resumes");
    assert_eq!(supervisor.list()[0].state, State::Running);
    eventually("all go on", || {
        everyone.iter().all(|&pid| letter(pid) == Some('S'))
    })
    .await;
}

/// The state of a process as the kernel abbreviates it.
fn letter(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

#[tokio::test]
async fn a_restart_asks_first_and_does_not_wait_for_the_backoff() {
    let folder = Folder::new();
    let supervisor = open(&folder);
    supervisor.start(shell(
        "a",
        "trap 'echo asked; exit 0' TERM; echo up; sleep infinity & wait",
    ));
    ready(&supervisor, "a").await;
    eventually("it listens", || supervisor.log("a").tail(9).contains("up")).await;
    supervisor
        .act("a", Action::Restart)
        .await
        .expect("restarts");
    assert!(
        supervisor
            .until("a", PATIENCE, |a| a.restarts == 1 && a.ready)
            .await
    );
    assert!(supervisor.log("a").tail(9).contains("asked"));
}

#[tokio::test]
async fn one_that_does_not_leave_when_asked_is_killed_after_its_grace() {
    let folder = Folder::new();
    let supervisor = open(&folder);
    supervisor.start(shell(
        "a",
        "trap '' TERM; echo up; while :; do sleep 0.1; done",
    ));
    ready(&supervisor, "a").await;
    eventually("it listens", || supervisor.log("a").tail(9).contains("up")).await;
    supervisor
        .remove(&["a".to_owned()], Duration::from_millis(50))
        .await;
    assert!(supervisor.list().is_empty());
    assert_nothing_left(folder.path()).await;
}

#[tokio::test]
async fn what_is_not_there_cannot_be_signalled() {
    let folder = Folder::new();
    let supervisor = open(&folder);
    let unknown = supervisor.act("nobody", Action::Kill).await;
    assert!(matches!(unknown, Err(ActionError::Unknown(name)) if name == "nobody"));
}

#[tokio::test]
async fn a_dropped_supervisor_takes_everything_along_paused_ones_and_grandchildren_too() {
    let folder = Folder::new();
    let supervisor = open(&folder);
    supervisor.start(shell("a", "sleep infinity & sleep infinity & wait"));
    supervisor.start(shell("b", "exec sleep infinity"));
    ready(&supervisor, "a").await;
    ready(&supervisor, "b").await;
    eventually("all run", || leftovers::of(folder.path()).len() == 4).await;
    supervisor.act("b", Action::Pause).await.expect("pauses");
    drop(supervisor);
    assert_nothing_left(folder.path()).await;
}
