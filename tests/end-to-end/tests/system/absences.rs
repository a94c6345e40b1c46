//! The database away, the broker away: what is said meanwhile, and that all is well after.

use end_to_end::{Shop, System, eventually, platform::OUTBOX_LIMIT};
use sqlx::PgPool;

/// Whether the database of orders takes connections; those there are end.
async fn let_orders_connect(admin: &PgPool, allowed: bool) {
    let alter = format!("alter database orders allow_connections {allowed}");
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'orders'";
    let both = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{alter}; {end}")));
    both.execute(admin).await.expect("the superuser may");
}

#[tokio::test]
async fn without_a_database_nothing_is_accepted_and_nothing_is_lost() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    let admin = PgPool::connect(&system.known.admin_databases["inventory"])
        .await
        .expect("the superuser");
    let flowing = shop.place(&basket).await;

    let_orders_connect(&admin, false).await;
    eventually("orders says that it is not ready", async || {
        let processes = system.processes().await;
        let mut orders = processes.iter().filter(|p| p["service"] == "orders");
        orders
            .all(|process| process["ready"] == false)
            .then_some(())
    })
    .await;
    let key = shop.name("k");
    let refused = system.post("/orders", &key, &basket.body()).await;
    assert_eq!(
        (refused.status, refused.problem()),
        (503, "database-unavailable")
    );
    assert!(refused.header("retry-after").is_some());

    let_orders_connect(&admin, true).await;
    admin.close().await;
    system.everything_is_ready().await;
    let placed = system.post("/orders", &key, &basket.body()).await;
    assert_eq!(placed.status, 202, "{placed:?}");
    for order_id in [&flowing, placed.body["order_id"].as_str().expect("an id")] {
        assert_eq!(shop.ended(order_id).await["status"], "confirmed");
    }
}

#[tokio::test]
async fn a_database_server_that_is_killed_costs_no_acknowledged_order() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("orchestration").await;
    let mut accepted = vec![];
    for round in 0..20 {
        if round == 5 {
            system.control("postgres", "kill").await;
        }
        let key = shop.name(&format!("k{round}"));
        let id = eventually("the order is accepted", async || {
            let answer = system.post("/orders", &key, &basket.body()).await;
            match answer.status {
                202 => answer.body["order_id"].as_str().map(str::to_owned),
                // Not done, or unknown: the same key asks again.
                502..=504 => None,
                other => panic!("{other}: {answer:?}"),
            }
        })
        .await;
        accepted.push(id);
    }
    for id in &accepted {
        assert_eq!(shop.ended(id).await["status"], "confirmed");
    }
    assert_eq!(shop.stock(&basket.sku).await["shipped"], 20);
    system.everything_is_ready().await;
}

#[tokio::test]
async fn without_a_broker_orders_are_accepted_up_to_a_bound_and_all_of_them_finish() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("orchestration").await;
    system.control("rabbitmq", "pause").await;
    let mut accepted = vec![];
    let refusal = eventually("the outbox is full", async || {
        let key = uuid::Uuid::new_v4().to_string();
        let answer = system.post("/orders", &key, &basket.body()).await;
        if answer.status == 202 {
            accepted.push(answer.body["order_id"].as_str().unwrap().to_owned());
            return None;
        }
        Some(answer)
    })
    .await;
    assert_eq!((refusal.status, refusal.problem()), (503, "outbox-full"));
    assert!(refusal.header("retry-after").is_some());
    assert!(accepted.len() >= OUTBOX_LIMIT, "{}", accepted.len());
    system.control("rabbitmq", "resume").await;
    for id in accepted {
        let order = shop.ended(&id).await;
        // Those that waited past their deadline are undone, and that is an end as well.
        let reason = order["reason"].as_str();
        assert!(
            order["status"] == "confirmed" || reason == Some("deadline"),
            "{order}"
        );
    }
    // Each instance counts the outbox once a second: leave when all of them take orders.
    eventually("every instance takes orders again", async || {
        for _ in 0..8 {
            let key = uuid::Uuid::new_v4().to_string();
            let answer = system.post("/orders", &key, &basket.body()).await;
            if answer.status != 202 {
                return None;
            }
        }
        Some(())
    })
    .await;
    system.everything_is_ready().await;
}
