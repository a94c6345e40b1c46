//! What reaches a service, and what comes back.

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use reqwest::Client;

use crate::stub::{Stub, fine, gateway};

#[tokio::test]
async fn a_request_reaches_its_service_as_it_is() {
    let stub = Stub::start(|_| async {
        let headers = [
            ("location", "/orders/7"),
            ("consistency-token", "3"),
            ("connection", "x-inner"),
            ("x-inner", "1"),
        ];
        (StatusCode::ACCEPTED, headers, "placed")
    })
    .await;
    let url = gateway(&[stub.addr]).await;
    let request = Client::new()
        .post(format!("{url}/orders?a=b%20c&d"))
        .header("idempotency-key", "k1")
        .header("content-type", "application/json")
        .header(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )
        .body("{\"x\":1}");
    let response = request.send().await.expect("an answer");

    assert_eq!(response.status(), 202);
    assert_eq!(response.headers()["location"], "/orders/7");
    assert_eq!(response.headers()["consistency-token"], "3");
    assert!(!response.headers().contains_key("x-inner"));
    assert_eq!(response.text().await.expect("a body"), "placed");

    let asked = &stub.asked()[0];
    assert_eq!(asked.method, Method::POST);
    assert_eq!(asked.uri, "/orders?a=b%20c&d");
    assert_eq!(asked.body, "{\"x\":1}");
    assert_eq!(asked.headers["idempotency-key"], "k1");
    assert_eq!(asked.headers["host"], stub.addr.to_string());
    assert!(
        !asked.headers.contains_key("traceparent"),
        "a client does not choose its trace"
    );
}

#[tokio::test]
async fn paths_are_sent_on_byte_for_byte() {
    let stub = Stub::start(fine).await;
    let url = gateway(&[stub.addr]).await;
    // reqwest would clean the path up; a hostile client would not.
    let addr = url.trim_start_matches("http://");
    let answer = raw(
        addr,
        "GET /orders/%2e%2e%2Fadmin?x=../y HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(stub.asked()[0].uri, "/orders/%2e%2e%2Fadmin?x=../y");
}

async fn raw(addr: &str, request: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut stream = tokio::net::TcpStream::connect(addr)
        .await
        .expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn the_time_that_is_left_travels() {
    let stub = Stub::start(fine).await;
    let url = gateway(&[stub.addr]).await;
    let client = Client::new();
    let left_ms = async |path: &str, asked: Option<&str>| {
        let mut request = client.get(format!("{url}{path}"));
        if let Some(asked) = asked {
            request = request.header("deadline-ms", asked);
        }
        request.send().await.expect("an answer");
        let last = stub.asked().pop().expect("it was asked");
        let left: u64 = last.headers["deadline-ms"]
            .to_str()
            .expect("text")
            .parse()
            .expect("a number");
        left
    };
    // The default of a route that may hold for 30 s, of another one, what the client asks for, and its limit.
    assert!((30_001..=35_000).contains(&left_ms("/orders/7", None).await));
    assert!((5_000..=10_000).contains(&left_ms("/orders", None).await));
    assert!(left_ms("/orders", Some("2500")).await <= 2_500);
    assert!((35_001..=60_000).contains(&left_ms("/orders", Some("9999999")).await));
}

#[tokio::test]
async fn instances_take_turns() {
    let (first, second) = (Stub::named("first").await, Stub::named("second").await);
    let url = gateway(&[first.addr, second.addr]).await;
    for _ in 0..10 {
        let response = reqwest::get(format!("{url}/orders"))
            .await
            .expect("an answer");
        assert_eq!(response.status(), 200);
    }
    assert_eq!((first.asked().len(), second.asked().len()), (5, 5));
}

#[tokio::test]
async fn an_answer_is_handed_on_while_it_comes() {
    let stub = Stub::start(|_| async {
        // One chunk, and then nothing until the client goes away.
        let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"first")) });
        Response::new(Body::from_stream(first.chain(stream::pending()))).into_response()
    })
    .await;
    let url = gateway(&[stub.addr]).await;
    let mut response = reqwest::get(format!("{url}/orders"))
        .await
        .expect("an answer");
    let chunk = response.chunk().await.expect("no error").expect("a chunk");
    assert_eq!(chunk, "first");
}
