//! The agent is a process of the platform as any other, and no victim; other servers are, but not of all faults.

use chaos::fault;
use serde_json::json;

use crate::site::Stage;

#[tokio::test]
async fn the_agent_hits_itself_with_no_fault_of_a_process() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    for fault in ["pause", "kill", "terminate", "restart"] {
        let fault = format!("process/{fault}");
        assert!(fault::named(&fault).is_some(), "there is no {fault}");
        let of = json!({ "process": "chaos" });
        let outcome = stage.inject(id, &fault, of, json!({})).await;
        let error = outcome.expect_err("it is refused").to_string();
        assert!(error.contains("the agent itself"), "{fault}: {error}");
    }
    assert_eq!(stage.control.acts(), [""; 0]);
}

/// Nobody could scale it back, and an experiment ends only when all is as before.
#[tokio::test]
async fn a_server_is_not_scaled() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    let of = json!({ "service": "rabbitmq" });
    let scaled = stage.inject(id, "process/scale", of, json!({ "instances": 2 }));
    scaled.await.expect_err("it is refused");
    stage.experiments.finish(id).await.expect("it runs");
    assert_eq!(stage.control.count("rabbitmq"), 1);
}

#[tokio::test]
async fn another_server_is_hit_by_its_name() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    let of = json!({ "process": "rabbitmq" });
    let paused = stage.inject(id, "process/pause", of, json!({})).await;
    paused.expect("it is worked");
    assert_eq!(stage.control.state("rabbitmq"), "paused");
}
