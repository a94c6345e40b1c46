//! The parts of Consul's API that clients other than `discovery` use, and what they get for bad input.

use axum::Router;
use lifecycle::Shutdown;
use registry::server::Registry;
use reqwest::{Client, Method};
use serde_json::{Value, json};

async fn start() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let addr = listener.local_addr().expect("an address");
    let shutdown = Shutdown::new();
    let router: Router = Registry::new(shutdown.clone()).router();
    tokio::spawn(lifecycle::server::serve(listener, router, shutdown));
    format!("http://{addr}/v1")
}

async fn call(method: Method, url: String, body: impl Into<reqwest::Body>) -> (u16, String) {
    let response = Client::new()
        .request(method, url)
        .body(body)
        .send()
        .await
        .expect("an answer");
    (
        response.status().as_u16(),
        response.text().await.expect("text"),
    )
}

async fn read(url: String) -> Value {
    let (status, body) = call(Method::GET, url, "").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).expect("JSON")
}

#[tokio::test]
async fn a_registered_service_is_in_every_list() {
    let url = start().await;
    let body = json!({ "ID": "orders-1", "Name": "orders", "Port": 80, "Tags": ["a"], "Check": { "TTL": "5s" } });
    let registered = call(
        Method::PUT,
        format!("{url}/agent/service/register"),
        body.to_string(),
    )
    .await;
    assert_eq!(registered.0, 200);

    assert_eq!(
        read(format!("{url}/agent/services")).await["orders-1"]["Service"],
        "orders"
    );
    assert_eq!(
        read(format!("{url}/catalog/services")).await,
        json!({ "orders": ["a"] })
    );
    // Its check has not passed yet.
    assert_eq!(
        read(format!("{url}/health/service/orders?passing")).await,
        json!([])
    );
    let all = read(format!("{url}/health/service/orders")).await;
    assert_eq!(all[0]["Checks"][0]["Status"], "critical");

    let update = json!({ "Status": "passing", "Output": "fine" }).to_string();
    let updated = call(
        Method::PUT,
        format!("{url}/agent/check/update/service:orders-1"),
        update,
    )
    .await;
    assert_eq!(updated.0, 200);
    let passing = read(format!("{url}/health/service/orders?passing=1")).await;
    assert_eq!(passing[0]["Service"]["ID"], "orders-1");
    assert_eq!(passing[0]["Checks"][0]["Output"], "fine");
}

#[tokio::test]
async fn a_query_that_waits_answers_when_its_wait_is_over() {
    let url = start().await;
    // Nothing ever changes here.
    assert_eq!(
        read(format!("{url}/health/service/orders?index=1&wait=50ms")).await,
        json!([])
    );
    // An index from before a restart does not wait at all.
    assert_eq!(
        read(format!("{url}/health/service/orders?index=99999")).await,
        json!([])
    );
}

#[tokio::test]
async fn bad_input_is_refused_and_leaves_nothing() {
    let url = start().await;
    let register = format!("{url}/agent/service/register");
    let cases = [
        (Method::PUT, register.clone(), "{".to_owned(), 400),
        (
            Method::PUT,
            register.clone(),
            r#"{"Name":7}"#.to_owned(),
            400,
        ),
        (
            Method::PUT,
            register.clone(),
            r#"{"Name":""}"#.to_owned(),
            400,
        ),
        (
            Method::PUT,
            register.clone(),
            r#"{"Name":"a","Port":70000}"#.to_owned(),
            400,
        ),
        (Method::PUT, register.clone(), "x".repeat(70_000), 413),
        (Method::POST, register, "{}".to_owned(), 405),
        (
            Method::PUT,
            format!("{url}/agent/check/pass/service:nobody"),
            String::new(),
            404,
        ),
        (
            Method::PUT,
            format!("{url}/agent/service/deregister/nobody"),
            String::new(),
            404,
        ),
        (
            Method::GET,
            format!("{url}/health/service/orders?index=soon"),
            String::new(),
            400,
        ),
        (Method::GET, format!("{url}/kv/secret"), String::new(), 404),
    ];
    for (method, url, body, expected) in cases {
        let (status, reason) = call(method, url.clone(), body).await;
        assert_eq!(status, expected, "{url}: {reason}");
    }
    assert_eq!(read(format!("{url}/agent/services")).await, json!({}));
}
