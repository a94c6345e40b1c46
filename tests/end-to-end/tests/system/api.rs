//! The table of the public API, row by row.

use end_to_end::{Shop, System, eventually, system::send};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn placing_an_order_answers_where_it_is_and_how_new() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("orchestration").await;
    let placed = system
        .post("/orders", &shop.name("k"), &basket.body())
        .await;
    assert_eq!(placed.status, 202, "{placed:?}");
    let id = placed.body["order_id"].as_str().expect("an id");
    assert_eq!(placed.header("location"), Some(&*format!("/orders/{id}")));
    assert_eq!(placed.header("consistency-token"), Some("1"));
    assert_eq!(
        placed.body,
        json!({"order_id": id, "status": "placed", "version": 1, "coordination": "orchestration"})
    );
}

#[tokio::test]
async fn the_same_key_is_the_same_order_and_serves_no_other() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    let key = shop.name("k");
    let first = system.post("/orders", &key, &basket.body()).await;
    let second = system.post("/orders", &key, &basket.body()).await;
    assert_eq!(second.status, 202, "{second:?}");
    assert_eq!(first.body["order_id"], second.body["order_id"]);
    let mut other = basket.clone();
    other.quantity += 1;
    let third = system.post("/orders", &key, &other.body()).await;
    assert_eq!(
        (third.status, third.problem()),
        (422, "idempotency-key-reused")
    );
    shop.ended(first.body["order_id"].as_str().expect("an id"))
        .await;
    assert_eq!(shop.stock(&basket.sku).await["shipped"], 1);
}

#[tokio::test]
async fn many_at_once_under_one_key_are_one_order() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    let (key, body) = (shop.name("k"), basket.body());
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let request = system.request(Method::POST, "/orders");
        requests.spawn(send(request.header("idempotency-key", &key).json(&body)));
    }
    let answers = requests.join_all().await;
    let ids: std::collections::BTreeSet<String> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, 202, "{answer:?}");
            answer.body["order_id"].to_string()
        })
        .collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn a_read_with_the_token_sees_what_was_written() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    for attempt in 0..10 {
        let key = shop.name(&format!("k{attempt}"));
        let placed = system.post("/orders", &key, &basket.body()).await;
        let token = placed.header("consistency-token").expect("a token");
        let id = placed.body["order_id"].as_str().expect("an id");
        // It sees it, or says that it does not: a projector may just have changed hands.
        eventually("the read is as new as its token", async || {
            let request = system.request(Method::GET, &format!("/orders/{id}"));
            let read = send(request.header("consistency-token", token)).await;
            match (read.status, read.header("consistency")) {
                (200, None) => Some(()),
                (200, Some("stale")) | (503, None) => None,
                other => panic!("{other:?}: {read:?}"),
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_token_from_the_future_is_answered_as_stale() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let id = shop.place(&shop.basket("choreography").await).await;
    shop.ended(&id).await;
    let request = system.request(Method::GET, &format!("/orders/{id}"));
    let read = send(request.header("consistency-token", "99")).await;
    assert_eq!(
        (read.status, read.header("consistency")),
        (200, Some("stale"))
    );
    let nobody = format!("/orders/{}", uuid::Uuid::new_v4());
    let request = system.request(Method::GET, &nobody);
    let read = send(request.header("consistency-token", "1")).await;
    assert_eq!((read.status, read.problem()), (503, "projection-behind"));
    assert!(read.header("retry-after").is_some());
}

#[tokio::test]
async fn orders_of_a_customer_come_in_pages_newest_first() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    let mut placed = vec![];
    for _ in 0..5 {
        let id = shop.place(&basket).await;
        shop.ended(&id).await;
        placed.insert(0, id);
    }
    let mut seen: Vec<String> = vec![];
    let mut path = format!("/orders?customer={}&limit=2", basket.customer);
    loop {
        let page = system.get(&path).await;
        let orders = page.body["orders"].as_array().expect("a page");
        assert!(orders.len() <= 2);
        seen.extend(
            orders
                .iter()
                .map(|o| o["order_id"].as_str().unwrap().to_owned()),
        );
        match page.body["next"].as_str() {
            Some(next) => {
                path = format!("/orders?customer={}&limit=2&after={next}", basket.customer);
            }
            None => break,
        }
    }
    assert_eq!(seen, placed);
}

#[tokio::test]
async fn a_cancel_past_the_pivot_is_refused() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let id = shop.place(&shop.basket("orchestration").await).await;
    shop.ended(&id).await;
    let cancelled = shop.cancel(&id).await;
    assert_eq!((cancelled.status, cancelled.problem()), (409, "past-pivot"));
}

#[tokio::test]
async fn prices_receipts_deposits_and_blocks_answer_what_they_made() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let sku = shop.sku("sku", 350, 7).await;
    assert_eq!(
        shop.stock(&sku).await,
        json!({"sku": sku, "unit_price_minor": 350, "on_hand": 7, "reserved": 0, "shipped": 0})
    );
    let customer = shop.name("customer");
    let path = format!("/accounts/{customer}/deposits");
    for _ in 0..2 {
        let paid = system
            .post(&path, &shop.name("d"), &json!({"amount_minor": 50}))
            .await;
        assert_eq!(paid.status, 200, "{paid:?}");
    }
    let other = system
        .post(&path, &shop.name("d"), &json!({"amount_minor": 51}))
        .await;
    assert_eq!(
        (other.status, other.problem()),
        (422, "idempotency-key-reused")
    );
    assert_eq!(
        shop.account(&customer).await,
        json!({"customer": customer, "available_minor": 50, "held_minor": 0,
               "captured_minor": 0, "refunded_minor": 0, "blocked": false})
    );
}

#[tokio::test]
async fn an_order_keeps_the_price_it_was_placed_at() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    let id = shop.place(&basket).await;
    let path = format!("/skus/{}", basket.sku);
    system.put(&path, &json!({"unit_price_minor": 999})).await;
    assert_eq!(shop.ended(&id).await["total_minor"], 100);
    eventually("new orders cost more", async || {
        let id = shop.place(&basket).await;
        (shop.ended(&id).await["total_minor"] == 999).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let system = System::shared().await;
    let nobody = uuid::Uuid::new_v4();
    for (path, slug) in [
        (format!("/orders/{nobody}"), "unknown-order"),
        (format!("/skus/{nobody}"), "unknown-sku"),
        (format!("/accounts/{nobody}"), "unknown-account"),
        ("/nothing".to_owned(), "unknown-route"),
    ] {
        let answer = system.get(&path).await;
        assert_eq!((answer.status, answer.problem()), (404, slug));
    }
    for (path, slug) in [
        (format!("/orders/{nobody}/cancel"), "unknown-order"),
        (format!("/accounts/{nobody}/block"), "unknown-account"),
    ] {
        let answer = system.post(&path, "k", &json!({})).await;
        assert_eq!((answer.status, answer.problem()), (404, slug));
    }
}
