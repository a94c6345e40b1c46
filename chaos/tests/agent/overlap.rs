//! Two faults at once: a second one of the kind at one subject is refused, and the last one is ended first.

use chaos::agent::experiments::ExperimentError;
use chaos::fault::FaultError;
use serde_json::{Value, json};

use crate::site::Stage;

/// What may be in force once at a subject: the fault, the subject, and two wishes.
fn pairs() -> Vec<(&'static str, Value, [Value; 2])> {
    let nobody = || json!({});
    let orders = || json!({ "service": "orders" });
    let limit = |most: u32| json!({ "queue": "orders", "max-length": most });
    let take = |right: &str| json!({ "take": right });
    let wait = |timeout: &str| json!({ "timeout": timeout });
    let alarm = || json!({ "resource": "memory" });
    let scale = |count: u32| json!({ "instances": count });
    let one = json!({ "process": "orders-1" });
    vec![
        (
            "broker/take-permission",
            orders(),
            [take("write"), take("read")],
        ),
        ("broker/length-limit", nobody(), [limit(1), limit(2)]),
        ("broker/alarm", nobody(), [alarm(), alarm()]),
        (
            "broker/consumer-timeout",
            orders(),
            [wait("2s"), wait("3s")],
        ),
        ("process/scale", orders(), [scale(3), scale(4)]),
        ("process/pause", one, [nobody(), nobody()]),
    ]
}

#[tokio::test]
async fn a_second_one_of_a_kind_at_one_subject_is_refused() {
    for (fault, of, [first, second]) in pairs() {
        let stage = Stage::open().await;
        let id = stage.begin().await;
        let number = stage.inject(id, fault, of.clone(), first).await;
        number.unwrap_or_else(|error| panic!("{fault}: {error}"));
        let again = stage.inject(id, fault, of, second).await;
        let refused = matches!(
            again,
            Err(ExperimentError::Fault(FaultError::InForce { .. }))
        );
        assert!(refused, "{fault}: {again:?}");
    }
}

#[tokio::test]
async fn when_the_first_one_is_over_the_second_one_may_begin() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    let of = json!({ "process": "orders-1" });
    for _ in 0..2 {
        let number = stage.inject(id, "process/pause", of.clone(), json!({}));
        let number = number.await.expect("nobody paused it");
        assert_eq!(stage.control.state("orders-1"), "paused");
        stage.experiments.end(id, number).await.expect("it ends");
        assert_eq!(stage.control.state("orders-1"), "running");
    }
}

#[tokio::test]
async fn a_permission_that_was_asked_for_twice_is_as_before_in_the_end() {
    let stage = Stage::open().await;
    let path = "/permissions/%2F/orders";
    let before = stage.broker.document(path);
    let id = stage.begin().await;
    for right in ["write", "read"] {
        let of = json!({ "service": "orders" });
        let with = json!({ "take": right });
        let _ = stage.inject(id, "broker/take-permission", of, with).await;
    }
    assert_ne!(stage.broker.document(path), before);

    stage.experiments.finish(id).await.expect("it runs");
    assert_eq!(stage.broker.document(path), before);
    assert_eq!(stage.broker.names("/global-parameters"), [""; 0]);
}

#[tokio::test]
async fn the_last_one_is_ended_first() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    for queue in ["orders", "gateway"] {
        let with = json!({ "queue": queue, "max-length": 1 });
        let limited = stage.inject(id, "broker/length-limit", json!({}), with);
        limited.await.expect("it is worked");
    }
    stage.experiments.finish(id).await.expect("it runs");

    let mut ends = stage.broker.changes();
    ends.retain(|change| change.starts_with("DELETE"));
    let wanted = ["gateway", "orders"].map(|it| format!("DELETE /policies/%2F/chaos-{it}"));
    assert_eq!(ends, wanted);
}
