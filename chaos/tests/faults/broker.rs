//! Connections and messages: who is hit, and what is left of a fault that breaks off.

use chaos::agent::site::Site;
use chaos::experiment::{BlastRadius, Of};
use chaos::receipt::Receipt;
use serde_json::{Value, json};

use crate::site::{Addresses, error, inject, order, site, stub};

/// Connections of two instances from ports that the kernel chose; those of orders-1 cannot be closed if it is stubborn.
async fn connected(test: &str, port: u16, is_stubborn: bool) -> Site {
    let (management, _) = stub(move |asked, _| {
        let connection = |nth: u16, name: &str| {
            json!({
                // The later the name, the lower the port.
                "name": format!("127.0.0.1:{} -> 127.0.0.1:5672", port - nth),
                "user": "orders",
                "client_properties": { "connection_name": name, "product": "lapin" },
            })
        };
        let all = json!([
            connection(0, "orders/orders-1/publish"),
            connection(1, "orders/orders-1/consume"),
            connection(2, "orders/orders-2/publish"),
            connection(3, "orders/orders-2/consume"),
        ]);
        let is_first = asked.contains(&(port).to_string());
        match asked {
            "GET /api/connections" => (200, all),
            _ if is_stubborn && is_first => (500, Value::Null),
            _ => (204, Value::Null),
        }
    })
    .await;
    let addresses = Addresses {
        management,
        ..Addresses::default()
    };
    site(test, addresses).await
}

fn names(receipts: &[Receipt]) -> Vec<&str> {
    receipts.iter().map(|one| one.name.as_str()).collect()
}

#[tokio::test]
async fn the_same_seed_closes_the_same_connections_whatever_their_ports() {
    let mut close = order("broker/close-connections", json!({}));
    close.blast_radius = BlastRadius::Fixed(2);
    for seed in 0..16 {
        close.seed = seed;
        let mut hit = Vec::new();
        for port in [40_003, 50_001] {
            let site = connected("ports", port, false).await;
            let closed = inject(&site, &close).await.expect("it is worked");
            hit.push(names(&closed.receipts).join(", "));
        }
        assert_eq!(hit[0], hit[1], "seed {seed}");
    }
}

#[tokio::test]
async fn connections_of_one_instance_are_known_by_the_name_that_it_gave_them() {
    let site = connected("instance", 40_003, false).await;
    let mut close = order("broker/close-connections", json!({}));
    close.blast_radius = BlastRadius::All;
    close.of = Of {
        process: Some("orders-2".into()),
        ..Of::default()
    };
    let closed = inject(&site, &close).await.expect("it is worked");
    let mut names = names(&closed.receipts);
    names.sort_unstable();
    assert_eq!(
        names,
        ["orders/orders-2/consume", "orders/orders-2/publish"]
    );

    close.of.process = Some("orders-3".into());
    let why = error(inject(&site, &close).await);
    assert!(why.contains("orders/orders-1/publish"), "{why}");
}

#[tokio::test]
async fn connections_that_were_closed_before_an_error_keep_their_receipts() {
    let mut close = order("broker/close-connections", json!({}));
    close.blast_radius = BlastRadius::All;
    let mut counts = Vec::new();
    for seed in 0..16 {
        close.seed = seed;
        let site = connected("stubborn", 40_003, true).await;
        // Nothing before the error: the error is all there is to tell.
        if let Ok(closed) = inject(&site, &close).await {
            let doubt = closed.doubt.expect("one was not closed").to_string();
            assert!(doubt.contains("500"), "{doubt}");
            counts.push(closed.receipts.len());
        }
    }
    counts.sort_unstable();
    counts.dedup();
    assert_eq!(counts, [1, 2, 3]);
}

#[tokio::test]
async fn messages_that_were_put_into_a_queue_before_an_error_keep_their_receipts() {
    let (management, _) = stub(|_, before| match before {
        0 | 1 => (200, json!({ "routed": true })),
        _ => (200, json!({ "routed": false })),
    })
    .await;
    let addresses = Addresses {
        management,
        ..Addresses::default()
    };
    let site = site("poison", addresses).await;
    let poison = order("broker/poison", json!({ "queue": "orders", "count": 5 }));
    let poisoned = inject(&site, &poison).await.expect("two are there");
    assert_eq!(poisoned.receipts.len(), 2);
    let doubt = poisoned.doubt.expect("three are not").to_string();
    assert!(doubt.contains("no queue orders"), "{doubt}");

    let why = error(inject(&site, &poison).await);
    assert!(why.contains("no queue orders"), "{why}");
}
