//! A platform with the real servers and services that do nothing: who may do what, and what a run tells.

mod stand_ins;

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use platform::services::Service;
use platform::{Config, Endpoints, Platform, Secrets};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use stand_ins::{Folder, PATIENCE, assert_nothing_left, idle_service};

async fn start(folder: &Folder) -> Platform {
    let owning = |service: &str, database: &str| Service {
        database: Some(database.to_owned()),
        ..idle_service(service)
    };
    let config = Config {
        services: vec![
            owning("orders", "orders"),
            owning("order-view", "order_view"),
            idle_service("gateway"),
        ],
        ..Config::only_servers(folder.path())
    };
    Platform::start(config).await.expect("starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_told_shut_off_and_cleared() {
    let folder = Folder::new();
    let platform = start(&folder).await;

    databases_are_shut_to_other_services(&platform).await;
    the_verifier_reads_everything_and_changes_nothing(&platform).await;
    what_a_run_tells_is_in_its_two_files(&platform).await;
    prometheus_scrapes_the_broker_both_ways(&platform).await;
    a_second_platform_in_the_folder_is_refused(&folder).await;

    platform.stop(Duration::from_secs(5)).await;
    assert_nothing_left(folder.path()).await;
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("is kept")
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name != "logs" && name != "supervisor.lock")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

async fn databases_are_shut_to_other_services(platform: &Platform) {
    for (role, database, open) in [
        ("orders", "orders", true),
        ("order_view", "order_view", true),
        ("orders", "order_view", false),
        ("order_view", "orders", false),
        ("orders", "postgres", false),
        ("orders", "template1", false),
    ] {
        let url = platform.role_database_url(role, database).expect("a role");
        let connected = PgConnection::connect(&url).await;
        assert_eq!(connected.is_ok(), open, "{role} in {database}");
        if let Err(error) = connected {
            let text = error.to_string();
            assert!(text.contains("permission denied for database"), "{text}");
        }
    }
    let url = platform
        .role_database_url("orders", "orders")
        .expect("a role");
    let wrong = url.replacen("orders:", "orders:x", 1);
    assert!(
        PgConnection::connect(&wrong).await.is_err(),
        "a wrong password"
    );
}

async fn the_verifier_reads_everything_and_changes_nothing(platform: &Platform) {
    let owner = platform
        .role_database_url("orders", "orders")
        .expect("a role");
    let mut owner = PgConnection::connect(&owner).await.expect("connects");
    for sql in [
        "create table secretive (a int)",
        "insert into secretive values (7)",
    ] {
        sqlx::query(sql).execute(&mut owner).await.expect("owns it");
    }
    let mut verifier = PgConnection::connect(&platform.secrets().databases["orders"])
        .await
        .expect("connects");
    let seen: i32 = sqlx::query_scalar("select a from secretive")
        .fetch_one(&mut verifier)
        .await
        .expect("reads");
    assert_eq!(seen, 7);
    for sql in [
        "update secretive set a = 8",
        "create table own (a int)",
        "drop table secretive",
    ] {
        assert!(
            sqlx::query(sql).execute(&mut verifier).await.is_err(),
            "{sql}"
        );
    }
}

async fn what_a_run_tells_is_in_its_two_files(platform: &Platform) {
    let run_dir = platform.run_dir();
    assert_eq!(
        &Endpoints::read(run_dir).expect("is there"),
        platform.endpoints()
    );
    assert!(&Secrets::read(run_dir).expect("is there") == platform.secrets());
    let mode = |path| {
        std::fs::metadata(path)
            .expect("is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(run_dir.secrets()), 0o600);
    assert_eq!(platform.endpoints().gateway.len(), 2);

    let user = &platform.secrets().amqp_management;
    let users = http()
        .get(format!(
            "{}/api/users",
            platform.endpoints().rabbitmq_management
        ))
        .basic_auth(&user.user, Some(&user.password))
        .send()
        .await
        .expect("answers");
    assert_eq!(
        users.status().as_u16(),
        401,
        "the verifier only watches the broker"
    );
}

async fn prometheus_scrapes_the_broker_both_ways(platform: &Platform) {
    let query = format!("{}/api/v1/query", platform.endpoints().prometheus);
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let answer: Value = http()
            .get(&query)
            .query(&[("query", "sum(up{job=\"rabbitmq\"})")])
            .send()
            .await
            .expect("answers")
            .json()
            .await
            .expect("is JSON");
        if answer["data"]["result"][0]["value"][1] == "2" {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "{answer}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn a_second_platform_in_the_folder_is_refused(folder: &Folder) {
    let refused = Platform::start(Config::only_servers(folder.path())).await;
    let text = refused.err().expect("is refused").to_string();
    let own = std::process::id().to_string();
    assert!(
        text.contains("already runs") && text.contains(&own),
        "{text}"
    );
}

fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_is_given_up_leaves_nothing() {
    let folder = Folder::new();
    let config = Config::only_servers(folder.path());
    // Long enough for initdb to be under way; wherever it is cut, the same must hold.
    let cut = tokio::time::timeout(Duration::from_millis(300), Platform::start(config)).await;
    assert!(cut.is_err(), "nothing starts that fast");
    assert_nothing_left(folder.path()).await;
    assert!(!folder.path().join("postgres").exists());
}

#[tokio::test]
async fn programs_that_are_not_built_are_named_with_the_command_that_builds_them() {
    let folder = Folder::new();
    let config = Config::breakwater(folder.path(), folder.path());
    let text = Platform::start(config)
        .await
        .err()
        .expect("is refused")
        .to_string();
    assert!(
        text.contains("/order-view") && text.contains("cargo build --workspace --bins"),
        "{text}"
    );
}
