//! What the gateway answers itself.

use reqwest::Client;
use serde_json::Value;

use crate::stub::{Stub, fine, gateway, refusal};

#[tokio::test]
async fn what_is_not_to_be_sent_on_is_refused_here() {
    let stub = Stub::start(fine).await;
    let url = gateway(&[stub.addr]).await;
    let client = Client::new();
    let large = "x".repeat(64 * 1024 + 1);
    let chunked = reqwest::Body::wrap_stream(futures::stream::iter([Ok::<_, std::io::Error>(
        large.clone(),
    )]));
    let cases = [
        (
            client.post(format!("{url}/orders")).body(large),
            413,
            "body-too-large",
        ),
        (
            client.post(format!("{url}/orders")).body(chunked),
            413,
            "body-too-large",
        ),
        (client.get(format!("{url}/nothing")), 404, "unknown-route"),
        (client.get(format!("{url}/metrics")), 404, "unknown-route"),
        (
            client.delete(format!("{url}/orders")),
            405,
            "method-not-allowed",
        ),
        (
            client
                .get(format!("{url}/orders"))
                .header("deadline-ms", "0"),
            504,
            "deadline-exceeded",
        ),
    ];
    for (request, status, slug) in cases {
        let refused = refusal(request.send().await.expect("an answer")).await;
        assert_eq!((refused.0, refused.1.as_str()), (status, slug));
    }
    assert!(stub.asked().is_empty(), "{:?}", stub.asked());

    let fits = client
        .post(format!("{url}/orders"))
        .body("x".repeat(64 * 1024));
    assert_eq!(fits.send().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn who_sends_too_much_is_told_that_the_connection_closes() {
    let url = gateway(&[]).await;
    let large = "x".repeat(64 * 1024 + 1);
    let request = Client::new().post(format!("{url}/orders")).body(large);
    let refused = request.send().await.expect("an answer");
    assert_eq!(refused.status(), 413);
    assert_eq!(refused.headers()["connection"], "close");
}

#[tokio::test]
async fn every_type_of_problem_can_be_looked_up() {
    let url = gateway(&[]).await;
    let list: Vec<Value> = reqwest::get(format!("{url}/problems"))
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(list.len(), lifecycle::problem::CATALOGUE.len());
    for kind in list {
        let path = kind["type"].as_str().expect("a type");
        let one = reqwest::get(format!("{url}{path}"))
            .await
            .expect("an answer");
        assert_eq!(one.json::<Value>().await.expect("JSON"), kind);
    }
    let unknown = reqwest::get(format!("{url}/problems/none"))
        .await
        .expect("an answer");
    assert_eq!(refusal(unknown).await.0, 404);
    assert_eq!(reqwest::get(url).await.expect("an answer").status(), 200);
}
