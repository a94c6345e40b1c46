//! SIGKILL of each service while an order is in each of its steps.

use end_to_end::{Shop, System, eventually, shop::COORDINATIONS};

/// Whoever a step waits for is paused, so that orders are certainly in that step, and
/// then killed as it stands, with its messages in its hands.
async fn orders_survive_the_death_of(service: &str) {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let mut baskets = vec![];
    for coordination in COORDINATIONS {
        baskets.push(shop.basket(coordination).await);
    }
    let instances = [format!("{service}-1"), format!("{service}-2")];
    for instance in &instances {
        system.control(instance, "pause").await;
    }
    let mut orders = vec![];
    for basket in &baskets {
        for _ in 0..5 {
            orders.push(shop.place(basket).await);
        }
    }
    for instance in &instances {
        system.control(instance, "kill").await;
    }
    for order_id in &orders {
        let order = shop.ended(order_id).await;
        assert_eq!(order["status"], "confirmed", "{order}");
    }
    system.everything_is_ready().await;
}

#[tokio::test]
async fn orders_survive_the_death_of_inventory_while_stock_is_reserved() {
    orders_survive_the_death_of("inventory").await;
}

#[tokio::test]
async fn orders_survive_the_death_of_payments_while_money_is_held() {
    orders_survive_the_death_of("payments").await;
}

#[tokio::test]
async fn orders_survive_the_death_of_shipping_at_the_pivot() {
    orders_survive_the_death_of("shipping").await;
}

#[tokio::test]
async fn orders_survive_the_death_of_the_orchestrator() {
    orders_survive_the_death_of("orchestrator").await;
}

#[tokio::test]
async fn orders_survive_the_death_of_the_read_side() {
    orders_survive_the_death_of("order-view").await;
}

#[tokio::test]
async fn orders_survive_the_death_of_orders_while_their_sagas_run() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let mut baskets = vec![];
    for coordination in COORDINATIONS {
        baskets.push(shop.basket(coordination).await);
    }
    // The pivot waits, so that no saga ends before orders dies.
    for instance in ["shipping-1", "shipping-2"] {
        system.control(instance, "pause").await;
    }
    let mut orders = vec![];
    for basket in &baskets {
        orders.push(shop.place(basket).await);
    }
    for instance in ["orders-1", "orders-2"] {
        system.control(instance, "kill").await;
    }
    for instance in ["shipping-1", "shipping-2"] {
        system.control(instance, "resume").await;
    }
    for order_id in &orders {
        assert_eq!(shop.ended(order_id).await["status"], "confirmed");
    }
}

#[tokio::test]
async fn a_gateway_that_dies_leaves_the_other_to_answer() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    system.control("gateway-1", "kill").await;
    let second = &system.known.endpoints.gateway[1];
    let placed = system
        .client()
        .post(format!("{second}/orders"))
        .header("idempotency-key", shop.name("second"))
        .json(&basket.body())
        .send()
        .await
        .expect("the second gateway answers");
    assert_eq!(placed.status().as_u16(), 202);
    system.everything_is_ready().await;
}

#[tokio::test]
async fn a_registry_that_dies_is_filled_again_by_those_who_are_there() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    system.control("registry-1", "kill").await;
    // Nobody is forgotten meanwhile: the gateways keep what they knew.
    let order_id = shop.place(&basket).await;
    assert_eq!(shop.ended(&order_id).await["status"], "confirmed");
    system.everything_is_ready().await;
    eventually("a gateway finds orders", async || {
        let answer = system
            .get("/orders/00000000-0000-0000-0000-000000000000")
            .await;
        (answer.status == 404).then_some(())
    })
    .await;
}
