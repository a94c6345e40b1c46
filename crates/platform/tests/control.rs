//! The control API, over processes that do nothing.

mod stand_ins;

use std::sync::Arc;

use platform::control::Control;
use platform::fleet::Fleet;
use platform::instance::Surroundings;
use platform::process::{Status, Supervisor};
use platform::run_dir::RunDir;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use stand_ins::{Folder, PATIENCE, idle_service};

const TOKEN: &str = "the-token";

struct Api {
    control: Control,
    fleet: Arc<Fleet>,
    http: Client,
    folder: Folder,
}

/// Two instances of one service, and the API.
async fn api() -> Api {
    let folder = Folder::new();
    let supervisor = Supervisor::open(folder.path(), &folder.logs()).expect("opens");
    let fleet = Arc::new(Fleet::new(
        Arc::new(supervisor),
        vec![idle_service("orders")],
        Surroundings::default(),
        Arc::default(),
        folder.path().to_owned(),
        folder.path().join("prometheus"),
    ));
    let names = fleet.scale("orders", 2).await.expect("scales");
    let all_ready = fleet.supervisor.ready(&names, PATIENCE, |_| {}).await;
    all_ready.expect("gets ready");
    let run_dir = RunDir::open(folder.path()).expect("opens");
    let control = Control::serve(fleet.clone(), run_dir, TOKEN.into())
        .await
        .expect("serves");
    Api {
        control,
        fleet,
        http: Client::builder().no_proxy().build().expect("a client"),
        folder,
    }
}

impl Api {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.control.url))
            .bearer_auth(TOKEN);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("answers");
        let status = response.status();
        (status, response.json().await.expect("is JSON"))
    }

    async fn post(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::POST, path, None).await
    }

    async fn until(&self, name: &str, wish: impl FnMut(&Status) -> bool) -> bool {
        self.fleet.supervisor.until(name, PATIENCE, wish).await
    }

    async fn until_running_after(&self, deaths: u64) {
        let running = |it: &Status| it.restarts == deaths && it.pid.is_some();
        assert!(self.until("orders-1", running).await, "{deaths} deaths");
    }

    async fn names(&self) -> Vec<String> {
        let (_, list) = self.call(Method::GET, "/processes", None).await;
        let list = list.as_array().expect("a list").clone();
        let name = |it: &Value| it["name"].as_str().expect("a name").to_owned();
        list.iter().map(name).collect()
    }
}

#[tokio::test]
async fn without_the_token_nothing_is_told_and_nothing_is_done() {
    let api = api().await;
    let before = api.fleet.supervisor.list();
    for (method, path) in [
        (Method::GET, "/processes"),
        (Method::POST, "/processes/orders-1/kill"),
        (Method::GET, "/no/such/route"),
    ] {
        for token in [None, Some("wrong"), Some("the-token2"), Some("")] {
            let url = format!("{}{path}", api.control.url);
            let mut request = api.http.request(method.clone(), url);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let response = request.send().await.expect("answers");
            assert_eq!(
                response.status(),
                StatusCode::UNAUTHORIZED,
                "{path} {token:?}"
            );
            assert_eq!(
                response.headers()["content-type"],
                "application/problem+json"
            );
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
        }
    }
    let pids = |list: &[Status]| list.iter().map(|it| it.pid).collect::<Vec<_>>();
    assert_eq!(pids(&before), pids(&api.fleet.supervisor.list()));
}

#[tokio::test]
async fn a_killed_process_is_not_ready_once_the_kill_is_answered() {
    let api = api().await;
    let (answer, _) = api.post("/processes/orders-1/kill").await;
    assert_eq!(answer, StatusCode::OK);
    let listed = api.fleet.supervisor.list().into_iter();
    let killed = listed.filter(|it| it.name == "orders-1" && it.restarts == 0);
    assert!(killed.into_iter().all(|it| !it.ready));
}

#[tokio::test]
async fn every_process_is_listed_with_its_state() {
    let api = api().await;
    let (status, list) = api.call(Method::GET, "/processes", None).await;
    assert_eq!(status, StatusCode::OK);
    let first = &list[0];
    assert_eq!(first["name"], "orders-1");
    assert_eq!(first["service"], "orders");
    assert_eq!(first["kind"], "service");
    assert_eq!(first["state"], "running");
    assert_eq!(first["restarts"], 0);
    assert_eq!(first["ready"], true);
    assert!(first["pid"].as_u64().is_some_and(|pid| pid > 1));
    assert!(
        first["started_at_ms"]
            .as_u64()
            .is_some_and(|at| at > 1_600_000_000_000)
    );
}

#[tokio::test]
async fn each_action_answers_with_its_receipt() {
    let api = api().await;
    // Each is given to a life of its own: one that is asked to leave twice dies once.
    for (action, signal, deaths_before) in [
        ("pause", "SIGSTOP", 0),
        ("resume", "SIGCONT", 0),
        ("restart", "SIGTERM", 0),
        ("terminate", "SIGTERM", 1),
        ("kill", "SIGKILL", 2),
    ] {
        api.until_running_after(deaths_before).await;
        let (status, receipt) = api.post(&format!("/processes/orders-1/{action}")).await;
        assert_eq!(status, StatusCode::OK, "{action}: {receipt}");
        assert_eq!(receipt["name"], "orders-1");
        assert_eq!(receipt["signal"], signal);
        assert!(receipt["pid"].is_u64() && receipt["at_ms"].is_u64());
    }
    api.until_running_after(3).await;
}

#[tokio::test]
async fn between_two_lives_there_is_nothing_to_signal() {
    let api = api().await;
    // Each death doubles the wait for the next life: soon it is long enough to be met.
    for deaths in 0.. {
        api.until_running_after(deaths).await;
        api.post("/processes/orders-1/kill").await;
        let dead = |it: &Status| it.restarts > deaths;
        assert!(api.until("orders-1", dead).await);
        let (status, problem) = api.post("/processes/orders-1/kill").await;
        if status == StatusCode::CONFLICT {
            assert_eq!(problem["type"], "/problems/not-running");
            return;
        }
    }
}

#[tokio::test]
async fn scaling_starts_the_next_numbers_and_ends_the_last() {
    let api = api().await;
    let scale = |n: u64| {
        api.call(
            Method::POST,
            "/services/orders/scale",
            Some(json!({"instances": n})),
        )
    };

    let (status, scaled) = scale(3).await;
    assert_eq!(status, StatusCode::OK, "{scaled}");
    assert_eq!(
        scaled["instances"],
        json!(["orders-1", "orders-2", "orders-3"])
    );
    assert_eq!(api.names().await.len(), 3);

    let survivor = api.fleet.supervisor.list()[0].pid;
    scale(1).await;
    assert_eq!(api.names().await, ["orders-1"]);
    assert_eq!(api.fleet.supervisor.list()[0].pid, survivor);

    scale(0).await;
    assert!(api.names().await.is_empty());
    assert_eq!(platform::process::leftovers::of(api.folder.path()), [0; 0]);
}

#[tokio::test]
async fn what_cannot_be_done_is_a_problem_of_its_own() {
    let api = api().await;
    let get = |path| api.call(Method::GET, path, None);
    let scale = |path, body| api.call(Method::POST, path, Some(body));
    let orders = "/services/orders/scale";
    let answers = [
        (
            404,
            "unknown-process",
            api.post("/processes/nobody/kill").await,
        ),
        (
            404,
            "unknown-action",
            api.post("/processes/orders-1/tickle").await,
        ),
        (404, "unknown-route", api.post("/nowhere").await),
        (
            405,
            "method-not-allowed",
            get("/processes/orders-1/kill").await,
        ),
        (
            404,
            "unknown-service",
            scale("/services/nobody/scale", json!({"instances": 1})).await,
        ),
        (
            422,
            "out-of-range",
            scale(orders, json!({"instances": 17})).await,
        ),
        (
            422,
            "malformed-request",
            scale(orders, json!({"instances": -1})).await,
        ),
        (
            422,
            "malformed-request",
            scale(orders, json!({"instances": 1, "x": 1})).await,
        ),
        (
            413,
            "malformed-request",
            scale(orders, json!({"instances": "1".repeat(5000)})).await,
        ),
        (415, "malformed-request", api.post(orders).await),
    ];
    for (status, slug, (answered, problem)) in answers {
        assert_eq!(answered.as_u16(), status, "{slug}: {problem}");
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{problem}");
        assert_eq!(problem["status"], status);
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
    assert_eq!(api.names().await.len(), 2);
}
