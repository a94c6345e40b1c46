//! What is refused, and what is said of it.

use crate::{
    Harness,
    harness::{STEADY, said},
};
use end_to_end::{System, system::send};
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::fs::symlink;

#[tokio::test]
async fn a_second_experiment_is_refused_while_one_runs_and_heal_ends_the_first() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "second");
    let method = "  - {fault: process/pause, of: {process: orders-2}, duration: 30m}";
    let first = harness.experiment("first", "The first one", STEADY, method);
    let second = harness.experiment("second", "The second one", STEADY, method);
    let mut child = harness.begin(&first);
    harness.in_force(1).await;

    let refused = harness.apply(&second).await;
    assert_eq!(refused.status.code(), Some(2));
    let words = said(&refused);
    assert!(
        words.contains("The first one") && words.contains("chaos heal"),
        "{words}"
    );

    for _ in 0..2 {
        let healed = harness.command("heal").output().await.expect("it runs");
        assert_eq!(healed.status.code(), Some(0), "{}", said(&healed));
    }
    harness.healed().await;
    system.everything_is_ready().await;
    let ended = child
        .wait()
        .await
        .expect("it ends: nobody hears its heartbeat");
    assert_eq!(ended.code(), Some(2));
}

#[tokio::test]
async fn on_a_disk_that_is_full_nothing_is_begun_and_nothing_stays_broken() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "full");
    let method = "  - {fault: process/pause, of: {process: orders-2}, duration: 30m}";
    let file = harness.experiment("one", "Full", STEADY, method);
    let draft = harness.journal_path().with_extension("json.partial");

    symlink("/dev/full", &draft).expect("a link");
    let output = harness.apply(&file).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("journal"), "{}", said(&output));
    harness.healed().await;

    std::fs::remove_file(&draft).expect("the link");
    let child = harness.begin_aloud(&file);
    harness.in_force(1).await;
    symlink("/dev/full", &draft).expect("a link");
    let pid = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
    kill_process(pid.expect("it runs"), Signal::INT).expect("a signal");
    let output = child.wait_with_output().await.expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("journal"), "{}", said(&output));
    harness.healed().await;
    system.everything_is_ready().await;
}

#[tokio::test]
async fn nothing_is_broken_while_the_steady_state_does_not_hold() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "unsteady");
    let never = STEADY.replace("[1, 16]", "[99, 100]");
    let method = "  - {fault: process/kill, of: {process: orders-2}}";
    let file = harness.experiment("one", "Unsteady", &never, method);
    let output = harness.apply(&file).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let journal = harness.journal();
    assert_eq!(journal["status"], "failed");
    assert_eq!(journal["run"], serde_json::json!([]));
    assert_eq!(
        journal["steady_states"]["before"]["steady_state_met"],
        false
    );
}

#[tokio::test]
async fn a_fault_that_does_nothing_makes_the_verdict_unknown() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "sabotaged");
    let method =
        "  - {fault: amqp/confirm/drop, blast-radius: all, with: {exchange: nobody}, duration: 1s}";
    let file = harness.experiment("one", "Sabotaged", STEADY, method);
    let output = harness.apply(&file).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("no receipt"), "{}", said(&output));
}

#[tokio::test]
async fn more_kills_than_the_experiment_allows_are_refused_before_the_first() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "many");
    let steady = format!("{STEADY}\nkills-max: 1\n");
    let method = "  - {fault: process/kill, of: {service: orders}, blast-radius: all}";
    let file = harness.experiment("one", "Too many", &steady, method);
    let output = harness.apply(&file).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("may kill 1 more"),
        "{}",
        said(&output)
    );
    assert!(
        system
            .processes()
            .await
            .iter()
            .all(|one| one["ready"] == true)
    );
}

#[tokio::test]
async fn what_this_build_cannot_do_is_refused_by_name_before_anything_is_broken() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "incapable");
    let method = "  - {fault: process/kill, of: {process: orders-1}}
  - {fault: process/crash-at, of: {service: orders}, with: {point: after-commit}, duration: 1s}";
    let file = harness.experiment("one", "Incapable", STEADY, method);
    let victim = async || {
        let all = system.processes().await;
        all.into_iter().find(|one| one["name"] == "orders-1")
    };
    let before = victim().await.expect("it runs")["pid"].clone();
    let output = harness.apply(&file).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("crash-points"), "{}", said(&output));
    assert_eq!(victim().await.expect("it still runs")["pid"], before);
}

#[tokio::test]
async fn without_its_token_the_agent_does_nothing() {
    let system = System::breakable().await;
    let url = system.known.endpoints.chaos.as_ref().expect("an agent");
    for (method, path) in [(Method::GET, "/state"), (Method::DELETE, "/experiments")] {
        let request = system.client().request(method, format!("{url}{path}"));
        let answer = send(request.bearer_auth("a guess")).await;
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(answer.body["detail"].to_string().contains("chaos_token"));
    }
}
