//! A quota that no table may pass: who needs room is refused, and has it again when the harness dies.

use crate::{Harness, harness::STEADY};
use end_to_end::{Shop, System, shop::COORDINATIONS};
use sqlx::{Connection, PgConnection};

/// Two megabytes: larger than the quota.
const GROW: &str = "insert into ballast select repeat('x', 1000) from generate_series(1, 2000)";

/// As the superuser of the payments' database.
async fn session(system: &System) -> PgConnection {
    let url = &system.known.admin_databases["payments"];
    PgConnection::connect(url).await.expect("it is there")
}

async fn grow(session: &mut PgConnection) -> Result<(), String> {
    let grown = sqlx::query(GROW).execute(session).await;
    grown.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_full_disk_has_room_again_when_the_harness_is_killed() {
    let system = System::breakable().await;
    let harness = Harness::new(&system, "disk");
    let shop = Shop::open(&system);
    let mut baskets = vec![];
    for coordination in COORDINATIONS {
        baskets.push(shop.basket(coordination).await);
    }
    let mut old_session = session(&system).await;
    let made = sqlx::raw_sql("drop table if exists ballast; create table ballast (content text)");
    made.execute(&mut old_session).await.expect("a table");
    grow(&mut old_session).await.expect("there is room");

    let method = "  - {fault: database/disk-full, duration: 30m}";
    let file = harness.experiment("one", "Full", STEADY, method);
    let mut child = harness.begin(&file);
    let state = harness.in_force(1).await;
    let touched = state["faults"][0]["touched"].as_u64();
    assert!(touched.is_some_and(|tables| tables >= 1), "{state}");
    let mut new_session = session(&system).await;
    for session in [&mut old_session, &mut new_session] {
        let refused = grow(session).await.expect_err("there is no room");
        assert!(refused.contains("could not extend"), "{refused}");
    }
    child.kill().await.expect("it is killed");

    harness.healed().await;
    for session in [&mut old_session, &mut new_session] {
        grow(session).await.expect("there is room again");
    }
    system.everything_is_ready().await;
    for basket in &baskets {
        let order = shop.place(basket).await;
        assert_eq!(shop.ended(&order).await["status"], "confirmed");
    }
    let dropped = sqlx::raw_sql("drop table ballast").execute(&mut new_session);
    dropped.await.expect("it was ours");
}
