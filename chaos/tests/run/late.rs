//! A fault that takes long to begin, against an agent that is a stub: how long it is left in force.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::routing::{delete, post};
use axum::{Json, Router};
use chaos::agent::client::Agent;
use chaos::experiment::Experiment;
use chaos::run::method::Method;
use chaos::run::system::{Endpoints, Secrets, System, User};
use serde_json::{Value, json};

/// Longer than the fault lasts.
const BEGINS_AFTER: Duration = Duration::from_millis(600);
const LASTS: Duration = Duration::from_millis(300);

const EXPERIMENT: &str = "
title: A fault that takes long to begin
description: a test
workload: {rate: 1, baseline: 1s, duration: 1s}
method:
  - {fault: broker/length-limit, with: {queue: orders, max-length: 1}, duration: 300ms}
";

/// When a fault was in force, and when it was ended.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Instant>>>);

impl Seen {
    fn note(&self) {
        self.0.lock().expect("nobody panics").push(Instant::now());
    }
}

async fn inject(State(seen): State<Seen>) -> Json<Value> {
    tokio::time::sleep(BEGINS_AFTER).await;
    seen.note();
    Json(json!({ "number": 0 }))
}

async fn end(State(seen): State<Seen>) -> Json<Value> {
    seen.note();
    Json(
        json!({ "fault": "broker/length-limit", "name": "", "is_over": true, "left_ms": 0, "touched": 1 }),
    )
}

/// Where it listens.
async fn stub(seen: Seen) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let router = Router::new()
        .route("/experiments/1/faults", post(inject))
        .route("/experiments/1/faults/0", delete(end))
        .with_state(seen);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn a_fault_lasts_as_long_as_it_was_asked_for_however_late_it_began() {
    let seen = Seen::default();
    let agent = Agent::new(&stub(seen.clone()).await, "token".into());
    let nowhere = "http://127.0.0.1:1".to_owned();
    let system = System {
        agent: agent.clone(),
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
    };
    let experiment: Experiment = strict_yaml::parse(EXPERIMENT).expect("an experiment");
    let tell = |_: String| ();
    let method = Method::new(agent, 1, &system, &experiment, 1, &tell);
    method.run(&experiment.method).await.expect("it is worked");

    let seen = seen.0.lock().expect("nobody panics");
    let [began, ended] = seen[..] else {
        panic!("it began and ended: {seen:?}")
    };
    assert!(ended - began >= LASTS, "in force for {:?}", ended - began);
}
