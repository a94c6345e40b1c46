//! The experiment against a stand-in of the platform's control API.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use chaos::experiment::{Ending, ExperimentError, KillEachService};
use chaos::fault::Patience;
use chaos::journal::{ActivityStatus, Journal, Status};
use chaos::target::Local;
use serde_json::{Value, json};

/// Above the largest pid a Linux kernel gives out, so that no real process is ever looked at.
const FIRST_PID: u32 = 4_200_000;

#[derive(Clone, Default)]
struct Platform {
    processes: Arc<Mutex<BTreeMap<String, Fake>>>,
}

struct Fake {
    service: String,
    pid: u32,
    /// How often it is still seen not ready after a kill.
    not_ready_for: u32,
    down: u32,
    kills: u32,
}

impl Platform {
    fn with(self, name: &str, service: &str, not_ready_for: u32) -> Self {
        let mut processes = self.processes.lock().expect("not poisoned");
        let pid = FIRST_PID + u32::try_from(processes.len()).expect("few");
        let fake = Fake {
            service: service.into(),
            pid,
            not_ready_for,
            down: 0,
            kills: 0,
        };
        processes.insert(name.into(), fake);
        drop(processes);
        self
    }

    fn kills(&self, name: &str) -> u32 {
        self.processes.lock().expect("not poisoned")[name].kills
    }

    async fn serve(&self) -> Local {
        let router = Router::new()
            .route("/processes", get(list))
            .route("/processes/{name}/kill", post(kill))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Local::new(url, "token".into())
    }
}

async fn list(State(platform): State<Platform>) -> Json<Value> {
    let mut processes = platform.processes.lock().expect("not poisoned");
    let mut rows = Vec::new();
    for (name, fake) in processes.iter_mut() {
        let ready = fake.down == 0;
        fake.down = fake.down.saturating_sub(1);
        rows.push(
            json!({"name": name, "service": fake.service, "kind": "service", "pid": fake.pid,
            "state": if ready { "running" } else { "restarting" }, "restarts": fake.kills,
            "ready": ready, "started_at_ms": 1}),
        );
    }
    rows.push(json!({"name": "rabbitmq", "service": "rabbitmq", "kind": "server", "pid": 1, "ready": true}));
    Json(Value::Array(rows))
}

async fn kill(
    State(platform): State<Platform>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    if headers.get("authorization").and_then(|v| v.to_str().ok()) != Some("Bearer token") {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let mut processes = platform.processes.lock().expect("not poisoned");
    let fake = processes.get_mut(&name).ok_or(StatusCode::NOT_FOUND)?;
    let pid = fake.pid;
    fake.pid += 1_000;
    fake.kills += 1;
    fake.down = fake.not_ready_for;
    Ok(Json(
        json!({"name": name, "pid": pid, "signal": "SIGKILL", "at_ms": 1_700_000_000_000_u64}),
    ))
}

fn experiment(services: &[&str], seed: u64) -> KillEachService {
    KillEachService {
        services: services.iter().map(|s| (*s).into()).collect(),
        seed,
        pause: Duration::ZERO,
        patience: Patience {
            back_within: Duration::from_millis(500),
            look_every: Duration::from_millis(1),
        },
    }
}

fn journal_path(test: &str) -> PathBuf {
    std::env::temp_dir()
        .join(format!("chaos-{}-{test}", std::process::id()))
        .join("journal.json")
}

async fn run(
    experiment: &KillEachService,
    target: &Local,
    test: &str,
) -> (
    Result<Ending, ExperimentError>,
    Journal,
    checkers::journal::Journal,
) {
    let path = journal_path(test);
    let mut journal = experiment.journal();
    let ending = experiment.run(target, &mut journal, &path, |_| {}).await;
    journal.finish(Status::Completed);
    journal.write(&path).expect("written");
    let text = std::fs::read_to_string(&path).expect("the journal is there");
    std::fs::remove_dir_all(path.parent().expect("a folder")).expect("removed");
    let judged = serde_json::from_str(&text).expect("the checkers read what chaos writes");
    (
        ending,
        serde_json::from_str(&text).expect("a journal"),
        judged,
    )
}

#[tokio::test]
async fn each_service_is_killed_once_and_leaves_a_receipt() {
    let platform = Platform::default()
        .with("orders-1", "orders", 3)
        .with("orders-2", "orders", 3)
        .with("registry-1", "registry", 0);
    let target = platform.serve().await;
    let (ending, journal, judged) =
        run(&experiment(&["orders", "registry"], 7), &target, "each").await;
    assert_eq!(ending.expect("it ran"), Ending::AsExpected);
    assert_eq!(platform.kills("orders-1") + platform.kills("orders-2"), 1);
    assert_eq!(platform.kills("registry-1"), 1);
    assert!(
        journal
            .run
            .iter()
            .all(|a| a.receipts.iter().all(|r| r.gone && r.ready_at_ms.is_some()))
    );
    assert_eq!(
        judged.kills_by_service(),
        BTreeMap::from([("orders".into(), 1), ("registry".into(), 1)])
    );
    let judged = checkers::state::Part::Read(judged);
    assert_eq!(
        checkers::claims::fault_fired::check(&judged).verdict,
        checkers::Verdict::Valid
    );
}

#[tokio::test]
async fn the_seed_chooses_the_victim() {
    let mut victims = std::collections::BTreeSet::new();
    for seed in 0..16 {
        let platform = Platform::default()
            .with("orders-1", "orders", 0)
            .with("orders-2", "orders", 0);
        let target = platform.serve().await;
        let (_, first, _) = run(
            &experiment(&["orders"], seed),
            &target,
            &format!("seed-{seed}"),
        )
        .await;
        let (_, again, _) = run(
            &experiment(&["orders"], seed),
            &target,
            &format!("again-{seed}"),
        )
        .await;
        assert_eq!(first.run[0].receipts[0].name, again.run[0].receipts[0].name);
        victims.insert(first.run[0].receipts[0].name.clone());
    }
    assert_eq!(victims.len(), 2, "both instances are chosen by some seed");
}

#[tokio::test]
async fn a_process_that_does_not_come_back_is_a_deviation_with_its_receipt() {
    let platform = Platform::default().with("payments-1", "payments", u32::MAX);
    let target = platform.serve().await;
    let (ending, journal, judged) = run(&experiment(&["payments"], 1), &target, "gone").await;
    assert_eq!(ending.expect("it ran"), Ending::Deviated);
    assert!(journal.deviated);
    assert_eq!(journal.run[0].status, ActivityStatus::Failed);
    assert_eq!(judged.kills_by_service()["payments"], 1);
}

#[tokio::test]
async fn nothing_is_broken_when_one_service_is_unknown() {
    let platform = Platform::default().with("orders-1", "orders", 0);
    let target = platform.serve().await;
    let (ending, _, _) = run(&experiment(&["orders", "ordres"], 1), &target, "unknown").await;
    let error = ending.expect_err("must be refused").to_string();
    assert!(
        error.contains("ordres") && error.contains("orders"),
        "{error}"
    );
    assert_eq!(platform.kills("orders-1"), 0);
}

#[tokio::test]
async fn a_wrong_token_is_said_so() {
    let platform = Platform::default().with("orders-1", "orders", 0);
    let right = platform.serve().await;
    let url = format!("{right:?}");
    let url = url.split('"').nth(1).expect("a url").to_owned();
    let (ending, _, _) = run(
        &experiment(&["orders"], 1),
        &Local::new(url, "wrong".into()),
        "token",
    )
    .await;
    assert!(
        ending
            .expect_err("must be refused")
            .to_string()
            .contains("401")
    );
}
