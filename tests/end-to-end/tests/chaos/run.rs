//! Experiments to their end: receipts, the journal, and the judgement of a loaded one.

use crate::{
    Harness,
    harness::{STEADY, said},
};
use end_to_end::System;
use serde_json::Value;

#[tokio::test]
async fn every_fault_leaves_a_receipt_and_the_journal_is_one_of_chaos_toolkit() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "journal");
    let method = "  - {fault: process/kill, of: {service: shipping}}
  - {fault: process/restart, of: {process: payments-2}}
  - {fault: process/pause, of: {service: inventory}, duration: 1s}
  - {fault: broker/close-connections, of: {service: orders}}
  - {fault: database/terminate-backends, with: {database: orders}}
  - probe:
      name: somebody serves
      provider: {type: http, url: /no-such-path}
      tolerance: 404";
    let file = harness.experiment("one", "A journal", STEADY, method);
    let output = harness.apply(&file).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let journal = harness.journal();
    is_chaos_toolkits(&journal);
    let run = journal["run"].as_array().expect("activities");
    assert_eq!(run.len(), 6);
    for fault in run.iter().filter(|one| one["fault"].is_string()) {
        let receipts = fault["receipts"].as_array().expect("receipts");
        assert!(!receipts.is_empty(), "{fault}");
        assert!(receipts.iter().all(|one| one["at_ms"].as_u64() > Some(0)));
    }
    let killed = &run[0]["receipts"][0];
    assert_eq!(killed["gone"], true, "{killed}");
    assert!(killed["ready_at_ms"].is_u64() && killed["new_pid"] != killed["pid"]);
    system.everything_is_ready().await;
}

/// What its report reads, by its own source: these keys, of these types.
fn is_chaos_toolkits(journal: &Value) {
    for key in [
        "chaoslib-version",
        "platform",
        "node",
        "start",
        "end",
        "status",
    ] {
        assert!(journal[key].is_string(), "{key}");
    }
    assert!(journal["duration"].is_number() && journal["deviated"].is_boolean());
    for key in ["title", "description"] {
        assert!(journal["experiment"][key].is_string(), "{key}");
    }
    for when in ["before", "after"] {
        let state = &journal["steady_states"][when];
        assert_eq!(state["steady_state_met"], true, "{when}");
        assert!(
            state["probes"]
                .as_array()
                .is_some_and(|all| all.iter().all(is_activity))
        );
    }
    for list in ["run", "rollbacks"] {
        let all = journal[list].as_array().expect("a list");
        assert!(all.iter().all(is_activity), "{list}");
    }
}

fn is_activity(one: &Value) -> bool {
    let activity = &one["activity"];
    let kinds = ["action", "probe"];
    ["start", "end", "status"]
        .iter()
        .all(|key| one[*key].is_string())
        && one["duration"].is_number()
        && activity["name"].is_string()
        && activity["type"]
            .as_str()
            .is_some_and(|kind| kinds.contains(&kind))
        && activity["provider"]["type"].is_string()
}

#[tokio::test]
async fn prometheus_can_tell_what_is_in_force() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "metrics");
    let method = "  - {fault: process/pause, of: {process: orders-2}, duration: 30m}";
    let file = harness.experiment("one", "In force", STEADY, method);
    let before = in_force(&system).await;
    let mut child = harness.begin(&file);
    harness.in_force(1).await;
    assert_eq!(in_force(&system).await, before + 1);
    let healed = harness.command("heal").output().await.expect("it runs");
    assert_eq!(healed.status.code(), Some(0), "{}", said(&healed));
    assert_eq!(in_force(&system).await, before);
    child.wait().await.expect("it ends");
    system.everything_is_ready().await;
}

/// Pauses that have begun and not ended, as the agent's metrics have them.
async fn in_force(system: &System) -> i64 {
    let url = system.known.endpoints.chaos.as_ref().expect("an agent");
    let answer = system.client().get(format!("{url}/metrics")).send().await;
    let text = answer.expect("an answer").text().await.expect("text");
    let of = |name: &str| {
        let series = format!("{name}{{fault=\"process/pause\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&series));
        line.map_or(0, |value| value.trim().parse::<i64>().expect("a count"))
    };
    of("breakwater_faults_begun_total") - of("breakwater_faults_ended_total")
}

#[tokio::test]
async fn a_loaded_experiment_is_judged_and_told_in_a_table() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "loaded");
    let load = "workload: {rate: 10, baseline: 8s, duration: 14s}";
    let loaded = format!("{STEADY}\n{load}\n");
    let method =
        "  - {fault: amqp/confirm/drop, blast-radius: all, with: {probability: 0.2}, duration: 4s}
  - {fault: amqp/delivery/duplicate, blast-radius: all, with: {probability: 0.5}, duration: 3s}";
    let file = harness.experiment("lost-and-doubled", "Lost and doubled", &loaded, method);
    let runs = system.known.dir.join("runs-of-chaos");
    let mut command = harness.command("run");
    let output = command
        .arg("--out")
        .arg(&runs)
        .arg(file)
        .output()
        .await
        .expect("it runs");
    let words = said(&output);
    assert_eq!(output.status.code(), Some(0), "{words}");
    assert!(
        words.contains("| lost-and-doubled | valid | 2 |"),
        "{words}"
    );
    let folder = std::fs::read_dir(&runs).expect("runs").flatten();
    let folder = folder
        .map(|entry| entry.path())
        .find(|path| path.join("verdict.json").exists());
    let text = std::fs::read_to_string(folder.expect("a run").join("journal.json"));
    let journal: Value = serde_json::from_str(&text.expect("a journal")).expect("JSON");
    for fault in journal["run"].as_array().expect("activities") {
        let receipts = fault["receipts"].as_array().expect("receipts");
        assert!(
            receipts.iter().any(|one| one["message_id"].is_string()),
            "{fault}"
        );
    }
}
