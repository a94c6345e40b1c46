//! Each outcome, in both coordinations, with every effect or with none.

use end_to_end::{Basket, Shop, System, eventually, shop::COORDINATIONS};
use serde_json::{Value, json};

/// What the account and the stock of a basket come to, once all is quiet.
async fn settled(shop: &Shop<'_>, basket: &Basket, account: Value, stock: Value) {
    let what = format!("{account} and {stock}");
    eventually(&what, async || {
        let now = shop.account(&basket.customer).await;
        let matches = |expected: &Value, found: &Value| {
            let expected = expected.as_object().expect("fields");
            expected.iter().all(|(key, value)| found[key] == *value)
        };
        let stocked = shop.stock(&basket.sku).await;
        (matches(&account, &now) && matches(&stock, &stocked)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_confirmed_order_has_every_effect() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    for coordination in COORDINATIONS {
        let mut basket = shop.basket(coordination).await;
        basket.quantity = 3;
        let order = shop.ended(&shop.place(&basket).await).await;
        assert_eq!(order["status"], "confirmed", "{order}");
        assert_eq!(order["total_minor"], 300);
        assert_eq!(order["coordination"], coordination);
        let account = json!({"available_minor": 999_700, "held_minor": 0, "captured_minor": 300});
        let stock = json!({"on_hand": 997, "reserved": 0, "shipped": 3});
        settled(&shop, &basket, account, stock).await;
    }
}

async fn refused(shop: &Shop<'_>, basket: &Basket, reason: &str) {
    let before = shop.account(&basket.customer).await;
    let stock = shop.stock(&basket.sku).await;
    let order = shop.ended(&shop.place(basket).await).await;
    assert_eq!(order["status"], "rejected", "{order}");
    assert_eq!(order["reason"], reason, "{order}");
    settled(shop, basket, before, stock).await;
}

#[tokio::test]
async fn an_order_beyond_the_stock_is_rejected_and_takes_nothing() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    for coordination in COORDINATIONS {
        let mut basket = shop.basket(coordination).await;
        basket.quantity = 1_001;
        refused(&shop, &basket, "out_of_stock").await;
    }
}

#[tokio::test]
async fn an_order_beyond_the_balance_is_rejected_and_its_stock_released() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    for coordination in COORDINATIONS {
        let mut basket = shop.basket(coordination).await;
        basket.customer = shop.customer(&format!("poor-{coordination}"), 99).await;
        refused(&shop, &basket, "insufficient_funds").await;
    }
}

#[tokio::test]
async fn an_order_of_a_blocked_account_is_rejected_and_its_stock_released() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    for coordination in COORDINATIONS {
        let basket = shop.basket(coordination).await;
        let path = format!("/accounts/{}/block", basket.customer);
        let blocked = system.post(&path, "unused", &json!({})).await;
        assert_eq!(blocked.body["blocked"], true, "{blocked:?}");
        refused(&shop, &basket, "account_blocked").await;
    }
}

#[tokio::test]
async fn an_order_to_where_nobody_ships_is_rejected_and_everything_released() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    for coordination in COORDINATIONS {
        let mut basket = shop.basket(coordination).await;
        basket.country = "AQ";
        refused(&shop, &basket, "not_serviceable").await;
    }
}

#[tokio::test]
async fn a_cancel_and_the_pivot_have_one_winner() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    for coordination in COORDINATIONS {
        let basket = shop.basket(coordination).await;
        let mut confirmed = 0;
        for _ in 0..20 {
            let order_id = shop.place(&basket).await;
            let asked = shop.cancel(&order_id).await;
            let order = shop.ended(&order_id).await;
            match order["status"].as_str() {
                Some("confirmed") => confirmed += 1,
                Some("cancelled") => {
                    assert_eq!(asked.status, 202, "{asked:?}");
                    assert_eq!(order["reason"], "customer");
                }
                other => panic!("{other:?}: {order}"),
            }
            if asked.status != 202 {
                assert_eq!((asked.status, asked.problem()), (409, "past-pivot"));
                assert_eq!(order["status"], "confirmed", "refused, so it went on");
            }
        }
        let account = json!({"held_minor": 0, "captured_minor": 100 * confirmed});
        let stock = json!({"reserved": 0, "shipped": confirmed});
        settled(&shop, &basket, account, stock).await;
    }
}

#[tokio::test]
async fn an_order_held_up_past_its_deadline_is_cancelled_and_undone() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let mut placed = vec![];
    for coordination in COORDINATIONS {
        placed.push(shop.basket(coordination).await);
    }
    for instance in ["payments-1", "payments-2"] {
        system.control(instance, "pause").await;
    }
    let mut orders = vec![];
    for basket in &placed {
        orders.push(shop.place(basket).await);
    }
    let pool = system.database("orders").await;
    for order_id in &orders {
        eventually("the deadline has asked", async || {
            let id: uuid::Uuid = order_id.parse().expect("a UUID");
            let attempts: i32 =
                sqlx::query_scalar("select cancel_attempts from orders where order_id = $1")
                    .bind(id)
                    .fetch_one(&pool)
                    .await
                    .expect("the order is there");
            (attempts > 0).then_some(())
        })
        .await;
    }
    pool.close().await;
    for instance in ["payments-1", "payments-2"] {
        system.control(instance, "resume").await;
    }
    for (order_id, basket) in orders.iter().zip(&placed) {
        let order = shop.ended(order_id).await;
        assert_eq!(order["status"], "cancelled", "{order}");
        assert_eq!(order["reason"], "deadline", "{order}");
        let account = json!({"available_minor": 1_000_000, "held_minor": 0, "captured_minor": 0});
        let stock = json!({"on_hand": 1_000, "reserved": 0, "shipped": 0});
        settled(&shop, basket, account, stock).await;
    }
}
