//! The demo's own commands: a run in which every service is killed is valid, and one
//! changed row makes it invalid, by name.

use end_to_end::{System, eventually};
use platform::config::sibling_programs;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};
use tokio::process::{Child, Command};

const SERVICES: [&str; 8] = [
    "orders",
    "inventory",
    "payments",
    "shipping",
    "orchestrator",
    "order-view",
    "gateway",
    "registry",
];

/// `loadgen run` as `make demo` runs it, only shorter.
fn loadgen(system: &System, out: &Path, method: &str) -> Child {
    let dir = &system.known.dir;
    let programs = sibling_programs().expect("the folder of this test");
    let (endpoints, secrets) = (dir.join("endpoints.json"), dir.join("secrets.json"));
    let files = format!(
        "--endpoints {} --secrets {}",
        endpoints.display(),
        secrets.display()
    );
    let method = match method {
        "" => "true".to_owned(),
        experiment => {
            let chaos = programs.join("chaos");
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../chaos/experiments");
            format!("{} apply {folder}/{experiment} {files}", chaos.display())
        }
    };
    Command::new(programs.join("loadgen"))
        .args([
            "run",
            "--rate",
            "15",
            "--duration",
            "16s",
            // A window of five seconds, and some of them, for the level that must come back.
            "--baseline",
            "8s",
        ])
        .args(["--seed", "11", "--method", &method])
        .arg("--endpoints")
        .arg(endpoints)
        .arg("--secrets")
        .arg(secrets)
        .arg("--out")
        .arg(out)
        .stdout(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .expect("loadgen is built")
}

/// Judges it again, with the traces as a store has them now.
async fn judged_again(out: &Path, store: &str) -> ExitStatus {
    let programs = sibling_programs().expect("the folder of this test");
    let mut judge = Command::new(programs.join("loadgen"));
    let judge = judge.arg("judge").arg(out).args(["--trace-store", store]);
    judge.status().await.expect("loadgen is built")
}

async fn ended(mut child: Child) -> ExitStatus {
    child.wait().await.expect("it ends")
}

fn verdict(out: &Path) -> Value {
    let text = std::fs::read_to_string(out.join("verdict.json")).expect("a verdict");
    serde_json::from_str(&text).expect("JSON")
}

fn folder(system: &System, name: &str) -> PathBuf {
    system.known.dir.join("runs").join(name)
}

#[tokio::test]
async fn a_run_is_valid_though_every_service_is_killed_and_invalid_when_one_row_is_changed() {
    let system = System::alone().await;

    let out = folder(&system, "valid");
    let status = ended(loadgen(&system, &out, "kill-each-service.yaml")).await;
    let judged = verdict(&out);
    assert_eq!(status.code(), Some(0), "{judged:#}");
    assert_eq!(judged["verdict"], "valid", "{judged:#}");
    for service in SERVICES {
        assert!(judged["kills"][service].as_u64() > Some(0), "{service}");
    }
    for claim in judged["claims"].as_array().expect("claims") {
        // "956 ledger rows, ...": evidence is counted.
        let examined = claim["examined"].as_str().unwrap_or_default();
        assert!(
            examined.starts_with(|c| ('1'..='9').contains(&c)),
            "{claim}"
        );
    }
    system.everything_is_ready().await;
    let store = system.known.endpoints.traces.as_deref().expect("traced");
    assert_eq!(judged_again(&out, store).await.code(), Some(0));
    let judged = verdict(&out);
    let nobody = "http://127.0.0.1:1";
    assert_eq!(judged_again(&out, nobody).await.code(), Some(2));
    assert_eq!(verdict(&out), judged, "what was read before is kept");

    let before = system
        .count("payments", "select count(*) from accounts")
        .await;
    let out = folder(&system, "sabotaged");
    let child = loadgen(&system, &out, "");
    let admin = sqlx::PgPool::connect(&system.known.admin_databases["payments"])
        .await
        .expect("the superuser");
    let victim: String = eventually("a customer of this run has paid", async || {
        // The accounts of earlier runs come first.
        let pick = "select customer from (select * from accounts offset $1) as of_this_run
                    where captured_minor > 0 limit 1";
        sqlx::query_scalar(pick)
            .bind(before)
            .fetch_optional(&admin)
            .await
            .expect("accounts")
    })
    .await;
    sqlx::query("update accounts set available_minor = available_minor + 1 where customer = $1")
        .bind(&victim)
        .execute(&admin)
        .await
        .expect("changed by hand");
    admin.close().await;
    let status = ended(child).await;
    let judged = verdict(&out);
    assert_eq!(status.code(), Some(1), "{judged:#}");
    assert_eq!(judged["verdict"], "invalid");
    let claims = judged["claims"].as_array().expect("claims");
    let money = claims.iter().find(|claim| claim["id"] == "I1").expect("I1");
    assert_eq!(money["verdict"], "invalid", "{money}");
    assert!(money["evidence"].to_string().contains(&victim), "{money}");
}
