//! An agent that breaks nothing: every fault touches whom it says, and leaves receipts.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chaos::agent::client::Agent;
use chaos::experiment::Experiment;
use chaos::run::system::{Endpoints, Secrets, System, User};
use chaos::run::{Ending, Request, run};
use serde_json::{Value, json};

/// How long a condition may take to come true on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Stub {
    agent: Arc<Mutex<Situation>>,
    pub url: String,
}

#[derive(Default)]
pub struct Situation {
    /// Faults, whether or not they are worked yet.
    pub asked: usize,
    pub worked: usize,
    pub orders: Vec<Value>,
    /// When each was ended.
    pub ended: Vec<(usize, Instant)>,
    pub begun: Vec<Instant>,
    pub killed: u32,
    /// Until a fault is in force.
    pub begins_after: Duration,
    /// Nobody comes back who was killed.
    pub nobody_returns: bool,
    /// The experiment is over, whatever the harness says.
    pub is_over: bool,
}

impl Stub {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let agent = Arc::default();
        let stub = Self { agent, url };
        let router = Router::new()
            .route("/state", get(state))
            .route("/processes", get(processes))
            .route("/experiments", post(begin))
            .route("/experiments/1", axum::routing::delete(finish))
            .route("/experiments/1/heartbeat", post(heartbeat))
            .route("/experiments/1/faults", post(inject))
            .route("/experiments/1/faults/{number}", get(told).delete(end))
            .with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    pub fn now(&self) -> MutexGuard<'_, Situation> {
        self.agent.lock().expect("nobody panics")
    }

    pub fn system(&self) -> System {
        let nowhere = "http://127.0.0.1:1".to_owned();
        System {
            agent: Agent::new(&self.url, "token".into()),
            http: reqwest::Client::new(),
            endpoints: Endpoints {
                gateway: vec![],
                prometheus: nowhere.clone(),
                rabbitmq_management: nowhere,
            },
            secrets: Secrets {
                databases: Default::default(),
                amqp_management: User {
                    user: String::new(),
                    password: String::new(),
                },
            },
        }
    }

    /// Runs an experiment until `stop`: its ending, its journal and what it told.
    pub async fn run(
        &self,
        test: &str,
        experiment: &str,
        stop: impl Future<Output = ()>,
    ) -> (Ending, Value, Vec<String>) {
        let path = journal_path(test);
        let request = Request {
            experiment: strict_yaml::parse::<Experiment>(experiment).expect("an experiment"),
            seed: 1,
            journal: &path,
        };
        let lines = Mutex::new(Vec::new());
        let tell = |line| lines.lock().expect("nobody panics").push(line);
        let ending = run(request, &self.system(), &tell, stop).await;
        let ending = ending.expect("it is begun");
        let journal = journal(test);
        std::fs::remove_file(path).expect("the journal");
        (ending, journal, lines.into_inner().expect("nobody panics"))
    }
}

fn journal_path(test: &str) -> PathBuf {
    std::env::temp_dir().join(format!("chaos-{}-{test}.json", std::process::id()))
}

pub fn journal(test: &str) -> Value {
    let text = std::fs::read_to_string(journal_path(test)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

pub async fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < PATIENCE, "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// When nothing is being worked.
async fn state(State(stub): State<Stub>) -> Json<Value> {
    let is_idle = || {
        let now = stub.now();
        now.worked == now.asked
    };
    until("the agent has time", is_idle).await;
    let now = stub.now();
    let all: Vec<Value> = (0..now.orders.len()).map(|nth| tell(&now, nth)).collect();
    let ticket = json!({ "id": 1, "title": "", "term_ms": 1000 });
    Json(json!({
        "capabilities": ["process", "scale", "links", "broker", "database"],
        "links": [],
        "experiment": if now.is_over { Value::Null } else { ticket },
        "faults": all,
    }))
}

/// One who was killed has another process at once.
async fn processes(State(stub): State<Stub>) -> Json<Value> {
    let now = stub.now();
    let of = |nth: u32| {
        json!({
            "name": format!("orders-{nth}"),
            "service": "orders",
            "kind": "service",
            "pid": 10 * nth + u32::from(!now.nobody_returns),
            "state": "running",
            "ready": true,
            "restarts": 0,
            "admin_addr": null,
        })
    };
    Json(json!([of(1), of(2), of(3), of(4)]))
}

async fn begin() -> Json<Value> {
    Json(json!({ "id": 1, "title": "", "term_ms": 1000 }))
}

async fn heartbeat(State(stub): State<Stub>) -> StatusCode {
    match stub.now().is_over {
        true => StatusCode::GONE,
        false => StatusCode::NO_CONTENT,
    }
}

async fn finish(State(stub): State<Stub>) -> StatusCode {
    let was_over = std::mem::replace(&mut stub.now().is_over, true);
    match was_over {
        true => StatusCode::GONE,
        false => StatusCode::NO_CONTENT,
    }
}

/// To its end, though the harness hang up. A kill is of as many as its blast radius says.
async fn inject(State(stub): State<Stub>, Json(order): Json<Value>) -> Response {
    stub.now().asked += 1;
    let worked = tokio::spawn(async move {
        let late = stub.now().begins_after;
        tokio::time::sleep(late).await;
        let mut now = stub.now();
        now.worked += 1;
        if order["fault"] == "process/restart" {
            return (StatusCode::UNPROCESSABLE_ENTITY, "nobody fits").into_response();
        }
        let wanted = deaths(&order);
        if u64::from(wanted) > order["kills_left"].as_u64().unwrap_or(0) {
            return (StatusCode::UNPROCESSABLE_ENTITY, "too many").into_response();
        }
        now.killed += wanted;
        now.orders.push(order);
        now.begun.push(Instant::now());
        Json(json!({ "number": now.orders.len() - 1 })).into_response()
    });
    worked.await.expect("nobody panics")
}

async fn told(State(stub): State<Stub>, Path(nth): Path<usize>) -> Response {
    let now = stub.now();
    match now.is_over {
        true => StatusCode::GONE.into_response(),
        false => Json(tell(&now, nth)).into_response(),
    }
}

async fn end(State(stub): State<Stub>, Path(nth): Path<usize>) -> Response {
    stub.now().ended.push((nth, Instant::now()));
    told(State(stub), Path(nth)).await
}

fn deaths(order: &Value) -> u32 {
    let fixed = order["blast_radius"]["fixed"].as_u64().unwrap_or(1);
    match order["fault"] == "process/kill" {
        true => u32::try_from(fixed).expect("few"),
        false => 0,
    }
}

fn tell(now: &Situation, nth: usize) -> Value {
    let order = &now.orders[nth];
    let receipt = |nth: u32| {
        let name = format!("orders-{}", nth + 1);
        json!({ "what": order["fault"], "name": name, "pid": 10 * (nth + 1), "at_ms": 1 })
    };
    let receipts: Vec<Value> = (0..deaths(order).max(1)).map(receipt).collect();
    json!({
        "fault": order["fault"],
        "name": order["name"],
        "is_over": now.ended.iter().any(|(ended, _)| *ended == nth),
        "left_ms": 0,
        "touched": receipts.len(),
        "receipts": receipts,
    })
}
