//! Poison messages: in the dead-letter queue with their reason, their neighbours unharmed.

use end_to_end::{Shop, System, eventually};
use reqwest::Method;
use serde_json::{Value, json};

async fn publish(system: &System, properties: Value, payload: &str) {
    let body = json!({"properties": properties, "routing_key": "payments",
                      "payload": payload, "payload_encoding": "string"});
    let request = system.broker(Method::POST, "/exchanges/%2F/commands/publish");
    let answer = request.json(&body).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
}

/// Everything in `payments.dead`, put back after looking.
async fn dead_letters(system: &System) -> Vec<Value> {
    let body = json!({"count": 100, "ackmode": "ack_requeue_true", "encoding": "auto"});
    let request = system.broker(Method::POST, "/queues/%2F/payments.dead/get");
    let answer = request.json(&body).send().await.expect("an answer");
    answer.json().await.expect("a list")
}

#[tokio::test]
async fn a_poison_message_is_quarantined_with_its_reason_and_its_neighbours_go_on() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("orchestration").await;
    let marker = shop.name("poison");
    let headers = json!({"x-version": 1, "x-occurred-at-ms": 1, "x-coordination": "orchestration",
                         "x-marker": marker});
    let id = || uuid::Uuid::new_v4().to_string();
    let mut newer = headers.clone();
    newer["x-version"] = json!(9);
    let kind = "payments.release";
    for (properties, payload, expected) in [
        (
            json!({"message_id": id(), "type": kind, "headers": headers}),
            "{",
            "malformed",
        ),
        (
            json!({"message_id": id(), "type": "payments.dance", "headers": headers}),
            "{}",
            "unknown kind",
        ),
        (
            json!({"message_id": id(), "type": kind, "headers": newer}),
            "{}",
            "unknown version",
        ),
        (
            json!({"type": kind, "headers": headers}),
            "{}",
            "message id",
        ),
    ] {
        let before = shop.place(&basket).await;
        publish(&system, properties, payload).await;
        let after = shop.place(&basket).await;
        for order in [before, after] {
            assert_eq!(shop.ended(&order).await["status"], "confirmed");
        }
        eventually(&format!("a dead letter says {expected:?}"), async || {
            dead_letters(&system).await.into_iter().find(|letter| {
                let headers = &letter["properties"]["headers"];
                let reason = headers["x-dead-reason"].as_str().unwrap_or_default();
                headers["x-marker"] == marker && reason.to_lowercase().contains(expected)
            })
        })
        .await;
    }
    let purge = system.broker(Method::DELETE, "/queues/%2F/payments.dead/contents");
    purge.send().await.expect("an answer");
}
