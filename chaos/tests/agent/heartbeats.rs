//! A fault that takes long to begin, and a harness that is alive all the while.

use std::sync::Arc;
use std::time::Duration;

use chaos::agent::experiments::ExperimentError;
use serde_json::json;
use tokio::time::Instant;

use crate::site::{PATIENCE, Stage, eventually};

const TERM: Duration = Duration::from_millis(500);
/// Between two heartbeats.
const EVERY: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_harness_that_is_heard_of_is_not_given_up_however_long_a_fault_takes() {
    let stage = Arc::new(Stage::open().await);
    let id = stage.begin_for(TERM).await;
    stage.control.scaling.forget_permits(usize::MAX);
    let injecting = Arc::clone(&stage);
    let injecting = tokio::spawn(async move {
        let with = json!({ "instances": 3 });
        let of = json!({ "service": "orders" });
        injecting.inject(id, "process/scale", of, with).await
    });
    let long_enough = Instant::now() + TERM * 3;
    while Instant::now() < long_enough {
        stage.experiments.heartbeat(id).expect("it runs");
        tokio::time::sleep(EVERY).await;
    }
    stage.control.scaling.add_permits(1);

    let number = injecting.await.expect("no panic").expect("it is worked");
    stage.experiments.heartbeat(id).expect("it runs");
    let told = stage.experiments.told(id, number).await.expect("it runs");
    assert!(!told.is_over);
    assert_eq!(stage.control.count("orders"), 3);
    stage.control.scaling.add_permits(1);
    stage.experiments.finish(id).await.expect("it runs");
}

#[tokio::test]
async fn a_harness_that_is_not_heard_of_is_given_up_and_everything_healed() {
    let stage = Stage::open().await;
    let id = stage.begin_for(TERM).await;
    let of = json!({ "process": "orders-1" });
    let paused = stage.inject(id, "process/pause", of, json!({})).await;
    paused.expect("it is worked");
    eventually("it goes on", || {
        stage.control.state("orders-1") == "running"
    })
    .await;

    let deadline = Instant::now() + PATIENCE;
    while stage.experiments.running().await.is_some() {
        assert!(Instant::now() < deadline, "it runs for ever");
        tokio::time::sleep(EVERY).await;
    }
    let late = stage.experiments.heartbeat(id);
    assert!(matches!(late, Err(ExperimentError::Over)), "{late:?}");
}
