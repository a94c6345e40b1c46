//! The read side is a cache: dropped while orders flow, it comes back the same.

use end_to_end::{Shop, System, eventually};
use sqlx::{PgPool, Row};
use uuid::Uuid;

type OrderRow = (Uuid, String, String, Option<String>, i64, i64);

async fn rows(pool: &PgPool) -> Option<Vec<OrderRow>> {
    let rows = sqlx::query(
        "select order_id, coalesce(customer, '') as customer, status, reason, version,
                coalesce(total_minor, -1) as total
         from orders order by order_id",
    )
    .fetch_all(pool)
    .await
    .ok()?;
    let row = |row: sqlx::postgres::PgRow| {
        (
            row.get("order_id"),
            row.get("customer"),
            row.get("status"),
            row.get("reason"),
            row.get("version"),
            row.get("total"),
        )
    };
    Some(rows.into_iter().map(row).collect())
}

async fn written(pool: &PgPool) -> Vec<OrderRow> {
    let rows = sqlx::query(
        "select order_id, customer, status, reason, version, total_minor as total
         from orders order by order_id",
    )
    .fetch_all(pool)
    .await
    .expect("the write side");
    rows.into_iter()
        .map(|row| {
            (
                row.get("order_id"),
                row.get("customer"),
                row.get("status"),
                row.get("reason"),
                row.get("version"),
                row.get("total"),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_dropped_read_side_is_rebuilt_to_the_same_content_while_orders_flow() {
    let system = System::alone().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    let mut orders = vec![];
    for _ in 0..10 {
        orders.push(shop.place(&basket).await);
    }
    for id in &orders {
        shop.ended(id).await;
    }

    let admin = PgPool::connect(&system.known.admin_databases["order_view"])
        .await
        .expect("the superuser");
    sqlx::raw_sql("drop schema public cascade; create schema public authorization order_view")
        .execute(&admin)
        .await
        .expect("dropped");
    for _ in 0..10 {
        orders.push(shop.place(&basket).await);
    }
    for instance in ["order-view-1", "order-view-2"] {
        system.control(instance, "restart").await;
    }
    for _ in 0..10 {
        orders.push(shop.place(&basket).await);
    }
    for id in &orders {
        assert_eq!(shop.ended(id).await["status"], "confirmed");
    }
    let writes = system.database("orders").await;
    eventually("both sides hold the same orders", async || {
        let expected = written(&writes).await;
        (rows(&admin).await? == expected).then_some(())
    })
    .await;
    admin.close().await;
    system.everything_is_ready().await;
}
