//! Bad input: each its own clear refusal, none a 500, none leaves a trace in a database.

use end_to_end::{Answer, Shop, System, system::send};
use reqwest::Method;
use serde_json::{Value, json};

/// A request to `POST /orders` that must be refused, and as what.
struct Case {
    what: &'static str,
    body: String,
    key: Option<String>,
    content_type: &'static str,
    status: u16,
    slug: &'static str,
}

fn case(what: &'static str, body: impl ToString, status: u16, slug: &'static str) -> Case {
    Case {
        what,
        body: body.to_string(),
        key: Some(uuid::Uuid::new_v4().to_string()),
        content_type: "application/json",
        status,
        slug,
    }
}

async fn try_it(system: &System, case: &Case) -> Answer {
    let mut request = system
        .request(Method::POST, "/orders")
        .header("content-type", case.content_type)
        .body(case.body.clone());
    if let Some(key) = &case.key {
        request = request.header("idempotency-key", key);
    }
    send(request).await
}

/// The right body with one thing changed.
fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(pointer).expect("it is there") = value;
    body
}

fn cases(right: &Value) -> Vec<Case> {
    let quantity = |value: Value| with(right, "/lines/0/quantity", value);
    let lines = |count: usize| {
        let line = right["lines"][0].clone();
        with(right, "/lines", vec![line; count].into())
    };
    let mut unknown = right.clone();
    unknown["surprise"] = json!(1);
    let mut missing = right.clone();
    missing
        .as_object_mut()
        .expect("an object")
        .remove("ship_to");
    vec![
        case("no JSON", "{\"customer\":", 400, "malformed-json"),
        case("a list", "[]", 422, "wrong-type"),
        case("text for a number", quantity(json!("3")), 422, "wrong-type"),
        case("an unknown field", unknown, 422, "unknown-field"),
        case("a missing field", missing, 422, "missing-field"),
        case("zero", quantity(json!(0)), 422, "out-of-range"),
        case("negative", quantity(json!(-1)), 422, "out-of-range"),
        case("too many", quantity(json!(1_000_001)), 422, "out-of-range"),
        case(
            "overflow",
            right
                .to_string()
                .replace("\"quantity\":1", "\"quantity\":99999999999999999999"),
            422,
            "out-of-range",
        ),
        case("no lines", lines(0), 422, "empty-order"),
        case("65 lines", lines(65), 422, "too-many-lines"),
        case(
            "an unknown coordination",
            with(right, "/coordination", json!("anarchy")),
            422,
            "unknown-coordination",
        ),
        case(
            "a bad name",
            with(right, "/customer", json!("a b")),
            422,
            "invalid-identifier",
        ),
        case(
            "an unknown SKU",
            with(right, "/lines/0/sku", json!("no-such-sku")),
            422,
            "unknown-sku",
        ),
        case(
            "more than 64 KiB",
            with(right, "/customer", json!("x".repeat(70_000))),
            413,
            "body-too-large",
        ),
        Case {
            content_type: "text/plain",
            ..case("another content type", right, 415, "unsupported-media-type")
        },
        Case {
            key: None,
            ..case("no key", right, 400, "idempotency-key-missing")
        },
        Case {
            key: Some("k".repeat(129)),
            ..case("an overlong key", right, 400, "idempotency-key-invalid")
        },
    ]
}

#[tokio::test]
async fn each_mistake_has_its_own_refusal_and_leaves_no_trace() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let basket = shop.basket("choreography").await;
    for case in cases(&basket.body()) {
        let answer = try_it(&system, &case).await;
        let found = (answer.status, answer.problem());
        assert_eq!(found, (case.status, case.slug), "{}: {answer:?}", case.what);
        assert!(answer.body["detail"].is_string(), "{}", case.what);
    }
    let pool = system.database("orders").await;
    let traces: i64 = sqlx::query_scalar("select count(*) from orders where customer = $1")
        .bind(&basket.customer)
        .fetch_one(&pool)
        .await
        .expect("a number");
    assert_eq!(traces, 0);
}

#[tokio::test]
async fn numbers_of_other_calls_are_checked_as_well() {
    let system = System::shared().await;
    let shop = Shop::open(&system);
    let sku = shop.sku("sku", 1, 0).await;
    let customer = shop.customer("customer", 1).await;
    for number in [json!(0), json!(-5), json!(9_000_000_000_000_000_000_i64)] {
        let price = system
            .put(
                &format!("/skus/{sku}"),
                &json!({"unit_price_minor": number}),
            )
            .await;
        let receipt = json!({ "quantity": number });
        let receipt = system
            .post(&format!("/skus/{sku}/receipts"), "k", &receipt)
            .await;
        let deposit = json!({ "amount_minor": number });
        let path = format!("/accounts/{customer}/deposits");
        let deposit = system.post(&path, "k", &deposit).await;
        for answer in [price, receipt, deposit] {
            assert_eq!((answer.status, answer.problem()), (422, "out-of-range"));
        }
    }
    assert_eq!(shop.stock(&sku).await["on_hand"], 0);
    assert_eq!(shop.account(&customer).await["available_minor"], 1);
}

#[tokio::test]
async fn bad_paths_queries_and_tokens_are_refused() {
    let system = System::shared().await;
    for (path, status, slug) in [
        ("/orders/not-a-uuid", 422, "invalid-identifier"),
        ("/skus/a%20b", 422, "invalid-identifier"),
        ("/orders?customer=ada&limit=0", 400, "invalid-query"),
        ("/orders?customer=ada&limit=201", 400, "invalid-query"),
        ("/orders?customer=ada&after=nonsense", 400, "invalid-query"),
        ("/orders?limit=5", 400, "invalid-query"),
        ("/orders?customer=ada&surprise=1", 400, "invalid-query"),
    ] {
        let answer = system.get(path).await;
        assert_eq!((answer.status, answer.problem()), (status, slug), "{path}");
    }
    let id = uuid::Uuid::new_v4();
    let request = system.request(Method::GET, &format!("/orders/{id}"));
    let answer = send(request.header("consistency-token", "soon")).await;
    assert_eq!((answer.status, answer.problem()), (400, "invalid-query"));
    let answer = send(system.request(Method::DELETE, "/orders")).await;
    assert_eq!(
        (answer.status, answer.problem()),
        (405, "method-not-allowed")
    );
}
