//! The harness dies by SIGKILL in the middle of every kind of fault that lasts, and the system heals.
//!
//! Of the kinds there are only two are not here: `process/crash-at`, since services that can be told to are another
//! build, and `database/disk-full`, which has a file of its own.

use crate::{
    Harness,
    harness::{STEADY, list, said},
};
use end_to_end::{Shop, System, eventually, shop::COORDINATIONS, system::send};
use reqwest::Method;
use serde_json::Value;

/// Who heals.
enum Healer {
    /// The agent, when it misses the heartbeat.
    Nobody,
    Person,
}

/// All of these at once, for longer than any test, and traffic meanwhile; then nobody to end them. Those whose name begins
/// as in `met` must have touched something.
async fn everything_heals_after(test: &str, faults: &[&str], met: &[&str], healer: Healer) {
    let system = System::breakable().await;
    let harness = Harness::new(&system, test);
    let shop = Shop::open(&system);
    let mut baskets = vec![];
    for coordination in COORDINATIONS {
        baskets.push(shop.basket(coordination).await);
    }
    let faults_text: String = faults
        .iter()
        .map(|fault| format!("      - {{{fault}, duration: 30m}}\n"))
        .collect();
    let method = format!("  - parallel:\n{faults_text}");
    let file = harness.experiment("all", test, STEADY, &method);
    let mut child = harness.begin(&file);
    harness.in_force(faults.len()).await;
    eventually(&format!("{met:?} have touched something"), async || {
        for basket in &baskets {
            shop.try_to_place(basket).await;
        }
        let state = harness.state().await;
        met.iter()
            .all(|kind| touched(&state, kind) > 0)
            .then_some(())
    })
    .await;
    child.kill().await.expect("it is killed");

    match healer {
        Healer::Nobody => harness.healed().await,
        Healer::Person => {
            let healed = harness.command("heal").output().await.expect("it runs");
            assert_eq!(healed.status.code(), Some(0), "{}", said(&healed));
            let state = harness.state().await;
            assert!(state["experiment"].is_null(), "{state}");
        }
    }
    system.everything_is_ready().await;
    for basket in &baskets {
        let order = shop.place(basket).await;
        assert_eq!(shop.ended(&order).await["status"], "confirmed");
    }
}

/// How much the faults whose name begins so have touched.
fn touched(state: &Value, kind: &str) -> u64 {
    let faults = state["faults"].as_array().expect("faults").iter();
    let of_kind = faults.filter(|one| one["fault"].as_str().is_some_and(|it| it.starts_with(kind)));
    of_kind.filter_map(|one| one["touched"].as_u64()).sum()
}

const ON_LINKS: [&str; 11] = [
    "fault: link/latency, of: {process: orders-1}, with: {delay: 200ms}",
    "fault: link/bandwidth, of: {process: orders-2}, with: {bytes-per-second: 2000}",
    "fault: link/reset, of: {process: inventory-1}",
    "fault: link/blackhole, of: {process: inventory-2}",
    "fault: link/half-open, of: {process: payments-1}",
    "fault: link/refuse, of: {process: payments-2}",
    "fault: link/slow-close, of: {process: shipping-1}, with: {delay: 2s}",
    "fault: link/corrupt, of: {process: orchestrator-1, link: broker}, with: {share: 0.5}",
    "fault: link/answer-error, of: {process: shipping-2, link: traces}",
    "fault: database/cut-on-commit, of: {process: orchestrator-2}",
    "fault: amqp/delivery/delay, of: {process: shipping-1}, with: {delay: 5s}",
];
const ON_PROCESSES: [&str; 3] = [
    "fault: process/pause, of: {process: orders-1}",
    "fault: process/pause, of: {process: order-view-1}",
    "fault: process/scale, of: {service: shipping}, with: {instances: 3}",
];
const ON_SERVERS: [&str; 5] = [
    "fault: broker/length-limit, with: {queue: shipping, max-length: 1}",
    "fault: broker/take-permission, of: {service: inventory}, with: {take: write}",
    "fault: broker/consumer-timeout, of: {service: payments}, with: {timeout: 2s}",
    "fault: database/lock-table, with: {database: payments, table: accounts}",
    "fault: broker/alarm, with: {resource: memory}",
];
/// One that nobody consumes from, and so nobody would declare again, and one whose absence closes no connection.
const ON_TOPOLOGY: [&str; 2] = [
    "fault: broker/delete-queue, with: {queue: shipping.dead}",
    "fault: broker/delete-binding, with: {queue: inventory, exchange: commands}",
];
/// What these meet is lost or dead for good: they are in force and meet nobody.
const LOSE: [&str; 4] = [
    "amqp/publish/drop/acked",
    "amqp/publish/mutate",
    "amqp/delivery/drop/rejected",
    "amqp/delivery/mutate",
];
const ON_SESSIONS: [&str; 1] = ["fault: database/exhaust-connections, with: {database: orders}"];

/// The names of all that last, as `chaos list` has them.
async fn kinds_that_last() -> Vec<String> {
    let list = list().await;
    let lines: Vec<&str> = list.lines().collect();
    let entries = lines.split_inclusive(|line| line.trim_start().starts_with("needs "));
    let lasting = entries.filter(|entry| entry.last().is_some_and(|it| it.ends_with("; lasts")));
    let names = lasting.filter_map(|entry| entry.iter().find(|line| !line.starts_with(' ')));
    names.map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn no_kind_that_lasts_is_missing_here() {
    let here = [
        &ON_LINKS[..],
        &ON_PROCESSES,
        &ON_SERVERS,
        &ON_TOPOLOGY,
        &ON_SESSIONS,
    ]
    .concat();
    let is_here = |kind: &String| {
        let named = format!("fault: {kind},");
        kind.starts_with("amqp/") || here.iter().any(|fault| fault.starts_with(&named))
    };
    let kinds = kinds_that_last().await;
    let missing: Vec<&String> = kinds.iter().filter(|kind| !is_here(kind)).collect();
    assert_eq!(missing, ["process/crash-at", "database/disk-full"]);
}

#[tokio::test]
async fn messages_are_as_before() {
    let kinds = kinds_that_last().await;
    let on_messages: Vec<String> = kinds
        .iter()
        .filter(|kind| kind.starts_with("amqp/"))
        .map(|kind| {
            let which = match LOSE.contains(&kind.as_str()) {
                true => "message-id: nobody",
                false => "probability: 0.1",
            };
            format!("fault: {kind}, blast-radius: all, with: {{{which}}}")
        })
        .collect();
    assert!(on_messages.len() > 20, "{on_messages:?}");
    let on_messages: Vec<&str> = on_messages.iter().map(String::as_str).collect();
    let met = [
        "amqp/publish",
        "amqp/confirm",
        "amqp/delivery",
        "amqp/broker",
    ];
    everything_heals_after("messages", &on_messages, &met, Healer::Nobody).await;
}

#[tokio::test]
async fn links_are_as_before() {
    let met = ["link/"];
    everything_heals_after("links", &ON_LINKS, &met, Healer::Nobody).await;
}

#[tokio::test]
async fn processes_are_as_before() {
    let met = ["process/pause", "process/scale"];
    everything_heals_after("processes", &ON_PROCESSES, &met, Healer::Person).await;
    let system = System::breakable().await;
    let names: Vec<Value> = system.processes().await;
    assert!(names.iter().all(|one| one["name"] != "shipping-3"));
}

#[tokio::test]
async fn servers_are_as_before() {
    let met = ["broker/", "database/lock-table"];
    everything_heals_after("servers", &ON_SERVERS, &met, Healer::Nobody).await;
    let system = System::breakable().await;
    let policies = broker(&system, "/policies/%2F").await;
    assert_eq!(policies, serde_json::json!([]));
    let marker = system.broker(Method::GET, "/global-parameters/chaos-consumer-timeout");
    assert_eq!(send(marker).await.status, 404);
    let permission = broker(&system, "/permissions/%2F/inventory").await;
    assert_ne!(permission["write"], "^$");
    // The broker tells its statistics every few seconds.
    eventually("the alarm is over", async || {
        let nodes = broker(&system, "/nodes?columns=mem_alarm").await;
        (nodes[0]["mem_alarm"] == false).then_some(())
    })
    .await;
}

#[tokio::test]
async fn queues_and_bindings_are_as_before() {
    let before = declared(&System::breakable().await).await;
    let met = ["broker/delete-queue", "broker/delete-binding"];
    everything_heals_after("topology", &ON_TOPOLOGY, &met, Healer::Nobody).await;
    let system = System::breakable().await;
    assert_eq!(declared(&system).await, before);
    assert_eq!(remembered(&system).await, [""; 0]);
}

#[tokio::test]
async fn sessions_are_given_back() {
    let met = ["database/exhaust-connections"];
    everything_heals_after("sessions", &ON_SESSIONS, &met, Healer::Person).await;
}

#[tokio::test]
async fn an_agent_that_is_killed_as_well_sweeps_when_it_is_back() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "agent");
    let method = "  - parallel:
      - {fault: process/pause, of: {process: payments-1}, duration: 30m}
      - {fault: broker/delete-queue, with: {queue: shipping.dead}, duration: 30m}
      - {fault: broker/length-limit, with: {queue: shipping, max-length: 1}, duration: 30m}";
    let before = declared(&system).await;
    let file = harness.experiment("both", "both die", STEADY, method);
    let mut child = harness.begin(&file);
    harness.in_force(3).await;
    assert_eq!(remembered(&system).await.len(), 1);
    child.kill().await.expect("it is killed");
    system.control("chaos", "kill").await;

    system.everything_is_ready().await;
    eventually("the policy is gone", async || {
        let policies = broker(&system, "/policies/%2F").await;
        (policies == serde_json::json!([])).then_some(())
    })
    .await;
    eventually("what was deleted is declared again", async || {
        remembered(&system).await.is_empty().then_some(())
    })
    .await;
    assert_eq!(declared(&system).await, before);
}

/// Every queue as it was declared, and every binding.
async fn declared(system: &System) -> (Value, Value) {
    let queues = "/queues/%2F?columns=name,durable,auto_delete,arguments&sort=name";
    let mut bindings = broker(system, "/bindings/%2F").await;
    let all = bindings.as_array_mut().expect("a list");
    all.sort_by_key(ToString::to_string);
    (broker(system, queues).await, bindings)
}

/// What is yet to be declared again.
async fn remembered(system: &System) -> Vec<String> {
    let all = broker(system, "/global-parameters").await;
    let names = all.as_array().expect("a list").iter();
    let names = names.filter_map(|one| one["name"].as_str());
    let ours = names.filter(|name| name.starts_with("chaos-declared-"));
    ours.map(str::to_owned).collect()
}

async fn broker(system: &System, path: &str) -> Value {
    let answer = system.broker(Method::GET, path).send().await;
    answer.expect("an answer").json().await.expect("JSON")
}
