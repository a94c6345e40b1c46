//! A fault of which nobody knows whether it was worked is ended as if it had been.

use std::fs;

use chaos::agent::experiments::ExperimentError;
use chaos::fault::FaultError;
use serde_json::json;

use crate::site::{Stage, eventually};

fn is_unknown(outcome: &Result<u64, ExperimentError>) -> bool {
    matches!(
        outcome,
        Err(ExperimentError::Fault(FaultError::Unknown { .. }))
    )
}

#[tokio::test]
async fn a_process_that_was_paused_without_an_answer_goes_on() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    stage.control.garble("pause");
    let of = json!({ "process": "orders-1" });
    let outcome = stage.inject(id, "process/pause", of, json!({})).await;
    assert!(is_unknown(&outcome), "{outcome:?}");

    eventually("it goes on", || {
        stage.control.state("orders-1") == "running"
    })
    .await;
    assert_eq!(stage.control.acts()[0], "pause orders-1");
}

#[tokio::test]
async fn a_service_that_was_scaled_without_an_answer_has_as_many_instances_as_before() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    stage.control.garble("scale");
    let of = json!({ "service": "orders" });
    let with = json!({ "instances": 5 });
    let outcome = stage.inject(id, "process/scale", of, with).await;
    assert!(is_unknown(&outcome), "{outcome:?}");

    eventually("two instances", || stage.control.count("orders") == 2).await;
    stage.experiments.finish(id).await.expect("it runs");
}

#[tokio::test]
async fn an_alarm_that_could_be_neither_raised_nor_lowered_is_lowered_when_it_can_be() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    fs::write(stage.broker.ctl_is_broken(), "").expect("a file");
    let with = json!({ "resource": "memory" });
    let outcome = stage.inject(id, "broker/alarm", json!({}), with).await;
    assert!(is_unknown(&outcome), "{outcome:?}");
    eventually("it was tried once to lower it", || {
        stage.broker.ctl_calls().len() > 1
    })
    .await;
    let tried = stage.broker.ctl_calls().len();
    fs::remove_file(stage.broker.ctl_is_broken()).expect("it was there");

    stage.experiments.finish(id).await.expect("it runs");
    let calls = stage.broker.ctl_calls();
    assert!(calls.len() > tried, "not tried again: {calls:?}");
    let last = calls.last().expect("some");
    assert_eq!(last, "set_vm_memory_high_watermark absolute 1GiB");
}

#[tokio::test]
async fn what_is_done_after_it_was_ended_is_swept_with_the_experiment() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    stage.control.garble("pause");
    let of = json!({ "process": "orders-1" });
    let outcome = stage.inject(id, "process/pause", of, json!({})).await;
    assert!(is_unknown(&outcome), "{outcome:?}");
    eventually("it goes on", || {
        stage.control.state("orders-1") == "running"
    })
    .await;

    stage.control.pause_late("orders-1");
    stage.experiments.finish(id).await.expect("it runs");
    assert_eq!(stage.control.state("orders-1"), "running");
}
