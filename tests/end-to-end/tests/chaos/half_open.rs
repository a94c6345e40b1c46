//! A database that is gone without a word: whoever waited for it works again afterwards.

use crate::{
    Harness,
    harness::{STEADY, said},
};
use end_to_end::{Shop, System, shop::COORDINATIONS};

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

    // Alone it has to do everything.
    system.control("payments-2", "pause").await;
    for basket in &baskets {
        let order = shop.place(basket).await;
        assert_eq!(shop.ended(&order).await["status"], "confirmed");
    }
    system.control("payments-2", "resume").await;
    system.everything_is_ready().await;
}
