//! A service's HTTP side, request by request, without a socket.

use std::future::pending;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use lifecycle::deadline::Deadline;
use lifecycle::idempotency::IdempotencyKey;
use lifecycle::json::{BODY_BYTES_MAX, Json};
use lifecycle::layers;
use lifecycle::problem::Problem;
use lifecycle::query::Query;
use serde::Deserialize;
use serde_json::Value;
use tower::ServiceExt;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: u8,
}

fn service() -> Router {
    let orders = async |key: IdempotencyKey, Json(body): Json<Value>| {
        Json(serde_json::json!({ "key": key.as_str(), "body": body }))
    };
    let page = async |Query(page): Query<Page>| page.limit.to_string();
    let hold = async |_: Deadline| pending::<Result<(), Problem>>().await;
    layers::service(
        Router::new()
            .route("/orders", post(orders).get(page))
            .route("/hold/{id}", get(hold)),
    )
}

fn order(headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let request = Request::post("/orders");
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(body.into()).expect("a request")
}

const JSON: (&str, &str) = ("content-type", "application/json");
const KEY: (&str, &str) = ("idempotency-key", "k1");

fn get_request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

async fn answer(request: Request<Body>) -> (StatusCode, Response<Vec<u8>>) {
    let response = service().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a whole body");
    (parts.status, Response::from_parts(parts, bytes.to_vec()))
}

/// The slug of a refusal, after checking that it is a whole problem.
async fn refusal(request: Request<Body>) -> String {
    let (status, response) = answer(request).await;
    assert_eq!(
        response.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let problem: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!(problem["status"], status.as_u16());
    assert!(problem["title"].is_string() && problem["detail"].is_string());
    let slug = problem["type"].as_str().expect("a type");
    let kind = lifecycle::problem::by_slug(slug.trim_start_matches("/problems/"));
    assert_eq!(kind.expect("listed").status, status);
    slug.to_owned()
}

#[tokio::test]
async fn a_request_that_is_right_is_answered() {
    let with_charset = ("content-type", "application/json; charset=utf-8");
    for content_type in [JSON, with_charset] {
        let (status, response) = answer(order(&[content_type, KEY], "{\"a\":1}")).await;
        assert_eq!(status, StatusCode::OK);
        let body: Value = serde_json::from_slice(response.body()).expect("JSON");
        assert_eq!(body, serde_json::json!({ "key": "k1", "body": { "a": 1 } }));
    }
    assert_eq!(answer(get_request("/orders?limit=7")).await.1.body(), b"7");
}

#[tokio::test]
async fn each_bad_request_has_its_own_refusal() {
    let at_limit = format!("{{}}{}", " ".repeat(BODY_BYTES_MAX - 2));
    let beyond = format!("{{}}{}", " ".repeat(BODY_BYTES_MAX - 1));
    assert_eq!(
        answer(order(&[JSON, KEY], at_limit)).await.0,
        StatusCode::OK
    );

    let cases = [
        (order(&[JSON, KEY], beyond), "/problems/body-too-large"),
        (order(&[JSON, KEY], "{"), "/problems/malformed-json"),
        (
            order(&[JSON, KEY], vec![b'{', 0xff, b'}']),
            "/problems/malformed-json",
        ),
        (order(&[KEY], "{}"), "/problems/unsupported-media-type"),
        (
            order(&[("content-type", "text/plain"), KEY], "{}"),
            "/problems/unsupported-media-type",
        ),
        (order(&[JSON], "{}"), "/problems/idempotency-key-missing"),
        (
            order(&[JSON, ("idempotency-key", "two words")], "{}"),
            "/problems/idempotency-key-invalid",
        ),
        (
            order(&[JSON, KEY, KEY], "{}"),
            "/problems/idempotency-key-invalid",
        ),
        (get_request("/orders?limit=many"), "/problems/invalid-query"),
        (
            get_request("/orders?limit=1&colour=red"),
            "/problems/invalid-query",
        ),
        (get_request("/nothing"), "/problems/unknown-route"),
    ];
    for (request, slug) in cases {
        assert_eq!(refusal(request).await, slug);
    }
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_refused_with_those_that_are() {
    let request = Request::builder().method(Method::DELETE).uri("/orders");
    let request = request.body(Body::empty()).expect("a request");
    let (status, response) = answer(request).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    let allow = response.headers()[header::ALLOW].to_str().expect("text");
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
}

#[tokio::test(start_paused = true)]
async fn a_request_beyond_its_deadline_is_answered_with_an_unknown_outcome() {
    let request = Request::get("/hold/1").header("deadline-ms", "80");
    let request = request.body(Body::empty()).expect("a request");
    let start = tokio::time::Instant::now();
    assert_eq!(refusal(request).await, "/problems/deadline-exceeded");
    assert_eq!(start.elapsed().as_millis(), 80);
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_deadline_has_the_default() {
    let start = tokio::time::Instant::now();
    assert_eq!(
        refusal(get_request("/hold/1")).await,
        "/problems/deadline-exceeded"
    );
    assert_eq!(start.elapsed(), lifecycle::deadline::DEFAULT);
}
