//! A receipt is for what was seen to be in force. Whoever accepts an order and does nothing leaves none.

use chaos::agent::experiments::ExperimentError;
use chaos::fault::FaultError;
use serde_json::{Value, json};

use crate::site::Stage;

async fn has_no_effect(fault: &str, of: Value, with: Value) {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    stage.control.be_deaf();
    stage.broker.be_deaf();
    let outcome = stage.inject(id, fault, of, with).await;
    let error = match outcome {
        Err(ExperimentError::Fault(error)) => error,
        other => panic!("{fault}: {other:?}"),
    };
    assert!(matches!(error, FaultError::NoEffect { .. }), "{error}");

    let running = stage.experiments.running().await;
    let (_, faults) = running.expect("it runs");
    assert!(faults.iter().all(|told| told.touched == 0), "{faults:?}");
    stage.experiments.finish(id).await.expect("it ends");
}

#[tokio::test]
async fn a_policy_that_no_queue_has_is_no_limit() {
    let with = json!({ "queue": "orders", "max-length": 1 });
    has_no_effect("broker/length-limit", json!({}), with).await;
}

#[tokio::test]
async fn an_alarm_that_no_node_has_is_none() {
    let with = json!({ "resource": "memory" });
    has_no_effect("broker/alarm", json!({}), with).await;
}

#[tokio::test]
async fn a_permission_that_is_as_before_was_not_taken() {
    let of = json!({ "service": "orders" });
    has_no_effect("broker/take-permission", of, json!({ "take": "write" })).await;
}

#[tokio::test]
async fn instances_that_nobody_started_are_none() {
    let of = json!({ "service": "orders" });
    has_no_effect("process/scale", of, json!({ "instances": 5 })).await;
}

#[tokio::test]
async fn what_is_in_force_leaves_its_receipt() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    let with = json!({ "queue": "orders", "max-length": 3 });
    let number = stage
        .inject(id, "broker/length-limit", json!({}), with)
        .await;
    let number = number.expect("it is worked");
    let told = stage.experiments.told(id, number).await.expect("it runs");
    assert_eq!(told.receipts[0].queue.as_deref(), Some("orders"));
    assert_eq!(told.touched, 1);
}
