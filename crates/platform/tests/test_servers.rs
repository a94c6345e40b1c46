//! Private servers for tests: they come up, are really private, and leave nothing.

use std::time::Duration;

use platform::process::{Action, leftovers};
use platform::servers::TestServers;
use sqlx::{Connection, PgConnection};

#[tokio::test(flavor = "multi_thread")]
async fn test_servers_answer_survive_a_kill_and_leave_nothing() {
    let servers = TestServers::start().await.expect("starts");
    let folder = servers.folder().to_owned();

    let overview = reqwest::get(format!("{}/api/overview", servers.management_url()))
        .await
        .expect("the management API answers");
    assert!(overview.status().is_success());

    let url = servers.create_database("a-test").await.expect("creates");
    let mut connection = PgConnection::connect(&url).await.expect("connects");
    sqlx::query("create table t as select 1 as a")
        .execute(&mut connection)
        .await
        .expect("writes");

    let supervisor = servers.supervisor();
    let receipt = supervisor
        .act("postgres", Action::Kill)
        .await
        .expect("kills");
    assert_eq!(receipt.signal, "SIGKILL");
    let back = supervisor
        .until("postgres", Duration::from_secs(30), |postgres| {
            postgres.restarts > 0 && postgres.ready
        })
        .await;
    assert!(back, "{:?}", supervisor.list());
    let mut connection = PgConnection::connect(&url).await.expect("is back");
    let rows: i64 = sqlx::query_scalar("select count(*) from t")
        .fetch_one(&mut connection)
        .await
        .expect("kept what was committed");
    assert_eq!(rows, 1);

    drop(servers);
    assert_eq!(leftovers::of(&folder), Vec::<u32>::new());
    assert!(!folder.exists());
}
