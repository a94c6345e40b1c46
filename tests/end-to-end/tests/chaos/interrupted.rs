//! Ctrl-C, and SIGTERM from whoever started it: everything heals, nothing else is begun, and the receipts are kept.

use crate::{
    Harness,
    harness::{STEADY, said},
};
use end_to_end::{System, eventually};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::process::Stdio;
use tokio::process::Child;

const PAUSE: &str = "  - {fault: process/pause, of: {process: orders-2}, duration: 30m}";

fn tell(child: &Child, signal: Signal) {
    let pid = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
    kill_process(pid.expect("it runs"), signal).expect("a signal");
}

/// It was interrupted, and has the receipts of everything that it broke.
fn keeps_its_receipts(journal: &Value, faults: &[&str]) {
    assert_eq!(journal["status"], "interrupted");
    let run = journal["run"].as_array().expect("activities");
    let broken: Vec<&str> = run.iter().filter_map(|one| one["fault"].as_str()).collect();
    assert_eq!(broken, faults);
    for one in run {
        assert_eq!(one["receipts"].as_array().map(Vec::len), Some(1), "{one}");
    }
}

#[tokio::test]
async fn an_interrupted_experiment_heals_and_its_journal_has_the_receipts() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "interrupted");
    let method = format!("  - {{fault: process/kill, of: {{process: payments-1}}}}\n{PAUSE}");
    let file = harness.experiment("one", "Interrupted", STEADY, &method);
    let mut child = harness.begin(&file);
    harness.in_force(1).await;
    tell(&child, Signal::INT);
    let ended = child.wait().await.expect("it ends");
    assert_eq!(ended.code(), Some(2));
    keeps_its_receipts(&harness.journal(), &["process/kill", "process/pause"]);
    harness.healed().await;
    system.everything_is_ready().await;
}

#[tokio::test]
async fn an_interrupted_run_begins_no_other_experiment() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "two");
    let files = ["first", "second"].map(|name| harness.experiment(name, name, STEADY, PAUSE));
    let mut command = harness.command("run");
    let runs = system.known.dir.join("runs-of-two");
    command.arg("--out").arg(&runs).args(&files);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("chaos is built");
    harness.in_force(1).await;
    tell(&child, Signal::INT);
    let output = child.wait_with_output().await.expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    let words = said(&output);
    assert!(words.contains("| first | unknown | 1 | 1 |"), "{words}");
    assert!(words.contains("| second | unknown | 0 | 0 |"), "{words}");
    assert_eq!(harness.state().await["experiment"], Value::Null);
    system.everything_is_ready().await;
}

#[tokio::test]
async fn nothing_of_a_loaded_run_goes_on_when_it_was_told_to_end() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "orphans");
    let loaded = format!("{STEADY}\nworkload: {{rate: 20, baseline: 3s, duration: 5s}}\n");
    let file = harness.experiment("loaded", "No orphans", &loaded, PAUSE);
    let runs = system.known.dir.join("runs-of-one");
    let mut command = harness.command("run");
    command.arg("--out").arg(&runs).arg(&file);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("chaos is built");
    harness.in_force(1).await;
    tell(&child, Signal::TERM);
    let output = child.wait_with_output().await.expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    let words = said(&output);
    assert!(words.contains("| loaded | unknown | 1 | 1 |"), "{words}");
    assert_eq!(harness.state().await["experiment"], Value::Null);
    let folder = std::fs::read_dir(&runs).expect("runs").flatten().next();
    let folder = folder.expect("a run").path();
    let text = std::fs::read_to_string(folder.join("journal.json")).expect("a journal");
    keeps_its_receipts(
        &serde_json::from_str(&text).expect("JSON"),
        &["process/pause"],
    );
    eventually("nobody works in its folder", async || {
        (!is_worked_in(&folder)).then_some(())
    })
    .await;
    system.everything_is_ready().await;
}

/// Whether a process was started with this folder, or for it.
fn is_worked_in(folder: &std::path::Path) -> bool {
    let wanted = folder.to_string_lossy().into_owned();
    let all = std::fs::read_dir("/proc").expect("processes").flatten();
    let mentions = |file: std::path::PathBuf| {
        let octets = std::fs::read(file).unwrap_or_default();
        String::from_utf8_lossy(&octets).contains(&wanted)
    };
    all.map(|entry| entry.path())
        .any(|process| mentions(process.join("cmdline")) || mentions(process.join("environ")))
}
