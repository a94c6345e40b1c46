//! A database that is gone without a word: whoever waited for it works again afterwards.

use crate::{
    Harness,
    harness::{STEADY, said},
};
use end_to_end::{Shop, System, eventually, shop::COORDINATIONS, system::send};
use serde_json::json;

/// sqlx gives a connection back to its pool only when the server has answered, however long that takes.
#[tokio::test]
async fn an_instance_whose_database_was_half_open_works_again() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "half-open");
    let shop = Shop::open(&system);
    let mut baskets = vec![];
    for coordination in COORDINATIONS {
        baskets.push(shop.basket(coordination).await);
    }
    let method =
        "  - {fault: link/half-open, of: {process: payments-1, link: database}, duration: 10s}";
    let file = harness.experiment("one", "Half open", STEADY, method);
    let output = harness.apply(&file).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));

    // As long as one of its pools has no connection to give, it is not ready.
    system.everything_is_ready().await;
    // Alone it has to do everything; what comes while the other leaves may wait past its deadline.
    scale(&system, 1).await;
    for basket in &baskets {
        eventually("an order is confirmed", async || {
            let order = shop.place(basket).await;
            (shop.ended(&order).await["status"] == "confirmed").then_some(())
        })
        .await;
    }
    scale(&system, 2).await;
    system.everything_is_ready().await;
}

async fn scale(system: &System, instances: u64) {
    let known = system.known;
    let url = format!("{}/services/payments/scale", known.endpoints.control);
    let request = system
        .client()
        .post(url)
        .bearer_auth(&known.secrets.control_token);
    let answer = send(request.json(&json!({ "instances": instances }))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
