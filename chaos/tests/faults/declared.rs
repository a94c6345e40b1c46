//! Queues and bindings that are deleted are declared again: by the fault's end, or by whoever sweeps after us.

use chaos::agent::site::Site;
use chaos::fault::broker;
use serde_json::{Value, json};

use crate::site::{Addresses, Heard, error, inject, order, site, stub};

const QUEUE: &str = "/api/queues/%2F/orders.dead";
const BOUND: &str = "/api/bindings/%2F/e/events/q/orders.dead";
const MARKERS: &str = "/api/global-parameters/chaos-declared-";

/// Where it is remembered, which is the first thing that is done.
fn marker(heard: &Heard) -> String {
    let first = heard.changes().into_iter().next().expect("a change");
    let marker = first.strip_prefix("PUT ").expect("it is set");
    assert!(marker.starts_with(MARKERS), "{marker}");
    marker.to_owned()
}

fn queue() -> Value {
    let arguments = json!({ "x-queue-type": "quorum", "x-delivery-limit": 50 });
    json!({
        "name": "orders.dead", "durable": true, "auto_delete": false, "arguments": arguments,
        "policy": "an operator's", "messages": 7,
    })
}

fn bindings() -> Value {
    let binding = |source: &str, key: &str| {
        json!({
            "source": source, "destination": "orders.dead", "routing_key": key,
            "properties_key": key, "arguments": { "x-of": key },
        })
    };
    json!([
        binding("", "orders.dead"),
        binding("events", "a.#"),
        binding("events", "b.#"),
        binding("dead", "orders"),
    ])
}

/// A broker with that queue; the n-th deletion, and all after it, end in an error.
async fn broker_that_fails_at(test: &str, nth: usize) -> (Site, Heard) {
    let deleted = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (management, heard) = stub(move |asked, _| {
        let is_marker = asked.contains("global-parameters");
        match asked.split_once(' ') {
            Some(("GET", path)) if path == QUEUE => (200, queue()),
            Some(("GET", path)) if path == format!("{QUEUE}/bindings") => (200, bindings()),
            Some(("GET", _)) => (404, json!({ "error": "Object Not Found" })),
            Some(("DELETE", _)) if !is_marker => {
                let before = deleted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                (if before < nth { 204 } else { 500 }, Value::Null)
            }
            _ => (204, Value::Null),
        }
    })
    .await;
    let addresses = Addresses {
        management,
        ..Addresses::default()
    };
    (site(test, addresses).await, heard)
}

#[tokio::test]
async fn a_binding_is_remembered_before_it_is_deleted_and_is_there_again_at_the_end() {
    let (site, heard) = broker_that_fails_at("binding", 9).await;
    let with = json!({ "queue": "orders.dead", "exchange": "events", "routing-key": "b.#" });
    let injected = inject(&site, &order("broker/delete-binding", with)).await;
    let injected = injected.expect("it is worked");
    let marker = marker(&heard);
    assert_eq!(heard.changes()[1..], [format!("DELETE {BOUND}/b.%23")]);
    assert_eq!(injected.receipts.len(), 1);
    assert_eq!(injected.receipts[0].routing_key.as_deref(), Some("b.#"));

    heard.forget();
    let mut hold = injected.hold.expect("it lasts");
    for _ in 0..2 {
        hold.heal(&site).await.expect("healed, however often");
    }
    let again = [
        format!("PUT {QUEUE}"),
        format!("POST {BOUND}"),
        format!("DELETE {marker}"),
    ];
    assert_eq!(heard.changes(), [again.clone(), again].concat());
    let bound = json!({ "routing_key": "b.#", "arguments": { "x-of": "b.#" } });
    assert_eq!(heard.body(&format!("POST {BOUND}")), bound);
}

#[tokio::test]
async fn a_queue_comes_back_as_it_was_declared_with_all_its_bindings() {
    let (site, heard) = broker_that_fails_at("queue", 9).await;
    let with = json!({ "queue": "orders.dead" });
    let injected = inject(&site, &order("broker/delete-queue", with)).await;
    let injected = injected.expect("it is worked");
    let marker = marker(&heard);
    assert_eq!(heard.changes()[1..], [format!("DELETE {QUEUE}")]);

    heard.forget();
    let mut hold = injected.hold.expect("it lasts");
    hold.heal(&site).await.expect("healed");
    let again = [
        format!("PUT {QUEUE}"),
        format!("POST {BOUND}"),
        format!("POST {BOUND}"),
        "POST /api/bindings/%2F/e/dead/q/orders.dead".to_owned(),
        format!("DELETE {marker}"),
    ];
    assert_eq!(heard.changes(), again);
    let declared = json!({
        "durable": true, "auto_delete": false, "arguments": queue()["arguments"],
    });
    assert_eq!(heard.body(&format!("PUT {QUEUE}")), declared);
}

#[tokio::test]
async fn what_was_deleted_before_an_error_keeps_its_receipt_and_is_given_back() {
    let (site, heard) = broker_that_fails_at("half", 1).await;
    let with = json!({ "queue": "orders.dead", "exchange": "events" });
    let injected = inject(&site, &order("broker/delete-binding", with)).await;
    let injected = injected.expect("half of it is worked");
    assert_eq!(injected.receipts.len(), 1);
    let doubt = injected.doubt.expect("the other half").to_string();
    assert!(doubt.contains("500"), "{doubt}");
    heard.forget();
    let mut hold = injected.hold.expect("it lasts");
    hold.heal(&site).await.expect("healed");
    let bound = format!("POST {BOUND}");
    assert_eq!(heard.changes().iter().filter(|it| **it == bound).count(), 2);
}

#[tokio::test]
async fn where_nothing_was_deleted_nothing_is_remembered_and_the_error_is_told() {
    let (site, heard) = broker_that_fails_at("nothing", 0).await;
    let with = json!({ "queue": "orders.dead" });
    let why = error(inject(&site, &order("broker/delete-queue", with)).await);
    assert!(why.contains("500"), "{why}");
    let last = heard.changes().pop();
    assert_eq!(last, Some(format!("DELETE {}", marker(&heard))));

    heard.forget();
    let with = json!({ "queue": "orders.dead", "exchange": "commands" });
    let why = error(inject(&site, &order("broker/delete-binding", with)).await);
    assert!(why.contains("not bound to commands"), "{why}");
    let last = heard.changes().pop();
    assert_eq!(last, Some(format!("DELETE {}", marker(&heard))));
}

#[tokio::test]
async fn whoever_sweeps_after_an_agent_that_died_declares_what_it_remembered() {
    let (left, heard) = broker_that_fails_at("left", 9).await;
    let with = json!({ "queue": "orders.dead", "exchange": "dead" });
    let injected = inject(&left, &order("broker/delete-binding", with)).await;
    drop(injected.expect("it is worked"));
    let marker = marker(&heard);
    let remembered = heard.body(&format!("PUT {marker}"))["value"].clone();

    let (management, heard) = stub(move |asked, _| match asked {
        "GET /api/global-parameters" => {
            let name = "chaos-declared-of-an-agent-that-died";
            let others = json!({ "name": "cluster_name", "value": "rabbit" });
            (200, json!([others, { "name": name, "value": remembered }]))
        }
        "GET /api/global-parameters/chaos-consumer-timeout" => (404, Value::Null),
        asked if asked.starts_with("GET") => (200, json!([])),
        _ => (204, Value::Null),
    })
    .await;
    let addresses = Addresses {
        management,
        ..Addresses::default()
    };
    let site = site("sweep", addresses).await;
    broker::sweep(&site).await.expect("swept");
    let again = [
        format!("PUT {QUEUE}"),
        "POST /api/bindings/%2F/e/dead/q/orders.dead".to_owned(),
        format!("DELETE {MARKERS}of-an-agent-that-died"),
    ];
    assert_eq!(heard.changes(), again);
}
