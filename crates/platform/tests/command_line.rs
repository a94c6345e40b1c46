//! The program as its users run it: up, status, down, run, and the ways it may end.

mod stand_ins;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use platform::process::leftovers;
use rustix::process::{Pid, Signal, kill_process};
use stand_ins::{Folder, assert_nothing_left, eventually};

/// The program with these words, in the folder of the test.
fn command(folder: &Folder, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_platform"));
    command
        .args(words)
        .arg("--dir")
        .arg(folder.path())
        .env_remove("JAEGER_URL")
        .stdin(Stdio::null());
    command
}

async fn platform(folder: &Folder, words: &[&str]) -> Output {
    let mut command = command(folder, words);
    let running = tokio::task::spawn_blocking(move || command.output().expect("runs"));
    running.await.expect("ends")
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

fn supervisor_of(folder: &Path) -> i32 {
    let pid = std::fs::read_to_string(folder.join("supervisor.lock")).expect("is there");
    pid.parse().expect("a process id")
}

fn signal(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).expect("an id"), signal).expect("is there");
}

#[tokio::test]
async fn up_status_and_down_leave_nothing_and_so_does_a_killed_supervisor() {
    let folder = Folder::new();
    let up = ["up", "--only-servers", "--detach"];

    let started = platform(&folder, &up).await;
    assert_eq!(code(&started), 0, "{}", text(&started));
    assert!(
        text(&started).contains("everything is ready"),
        "{}",
        text(&started)
    );
    let status = platform(&folder, &["status"]).await;
    assert_eq!(code(&status), 0, "{}", text(&status));
    for server in ["epmd", "postgres", "prometheus", "rabbitmq"] {
        assert!(text(&status).contains(server), "{}", text(&status));
    }
    let again = platform(&folder, &up).await;
    assert_eq!(code(&again), 75, "{}", text(&again));

    // The supervisor cannot say good-bye to anybody.
    assert!(leftovers::of(folder.path()).len() > 4);
    signal(supervisor_of(folder.path()), Signal::KILL);
    assert_nothing_left(folder.path()).await;
    assert_eq!(code(&platform(&folder, &["status"]).await), 3);

    let started = platform(&folder, &up).await;
    assert_eq!(code(&started), 0, "{}", text(&started));
    let down = platform(&folder, &["down"]).await;
    assert_eq!(code(&down), 0, "{}", text(&down));
    assert_eq!(
        leftovers::of(folder.path()),
        [0; 0],
        "down returns when all is gone"
    );
    assert!(!folder.path().join("endpoints.json").exists());
    let nothing = platform(&folder, &["down"]).await;
    assert_eq!(code(&nothing), 0, "{}", text(&nothing));
}

#[tokio::test]
async fn run_answers_with_the_code_of_its_command_and_cleans_up() {
    let folder = Folder::new();
    let script = r#"grep -q control "$BREAKWATER_ENDPOINTS" && echo found; exit 7"#;
    let mut command = command(&folder, &["run", "--only-servers"]);
    command.args(["--", "/bin/sh", "-c", script]);
    let running = tokio::task::spawn_blocking(move || command.output().expect("runs"));
    let output = running.await.expect("ends");
    assert_eq!(code(&output), 7, "{}", text(&output));
    assert!(text(&output).contains("found"), "{}", text(&output));
    assert_eq!(leftovers::of(folder.path()), [0; 0]);
}

#[tokio::test]
async fn ctrl_c_while_it_comes_up_leaves_nothing() {
    let folder = Folder::new();
    let mut up = tokio::process::Command::from(command(&folder, &["up", "--only-servers"]))
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("runs");
    eventually("the broker runs", || {
        folder.path().join("logs/rabbitmq.log").exists()
    })
    .await;
    signal(
        i32::try_from(up.id().expect("runs")).expect("small"),
        Signal::INT,
    );
    assert_eq!(ended(&mut up).await, Some(130));
    assert_eq!(leftovers::of(folder.path()), [0; 0]);
}

async fn ended(child: &mut tokio::process::Child) -> Option<i32> {
    let ended = tokio::time::timeout(stand_ins::PATIENCE, child.wait());
    ended.await.expect("it ends").expect("is ours").code()
}

#[tokio::test]
async fn a_folder_that_never_was_has_nothing_to_stop() {
    let folder = Folder::new();
    let output = Command::new(env!("CARGO_BIN_EXE_platform"))
        .args(["down", "--dir"])
        .arg(folder.path().join("never"))
        .output()
        .expect("runs");
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert!(!folder.path().join("never").exists());
}

#[tokio::test]
async fn a_jaeger_url_that_is_none_is_a_configuration_mistake() {
    let folder = Folder::new();
    let output = platform(
        &folder,
        &["up", "--only-servers", "--jaeger-url", "jaeger:16686"],
    )
    .await;
    assert_eq!(code(&output), 78, "{}", text(&output));
    assert!(text(&output).contains("JAEGER_URL"), "{}", text(&output));
}
