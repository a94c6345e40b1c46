//! What happens when a service does not answer: who is asked again, and what the client is told.

use std::future::pending;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures::{StreamExt, stream};
use reqwest::Client;

use crate::stub::{Stub, breaks_off, gateway, nobody, refusal};

#[tokio::test]
async fn an_instance_that_takes_no_connection_is_passed_over() {
    let stub = Stub::named("second").await;
    let dead = nobody();
    let url = gateway(&[dead.addr, stub.addr]).await;
    for _ in 0..4 {
        let response = Client::new()
            .post(format!("{url}/orders"))
            .body("{}")
            .send()
            .await;
        assert_eq!(
            response.expect("an answer").text().await.expect("a body"),
            "second"
        );
    }
    assert_eq!(stub.asked().len(), 4);
    assert_eq!(stub.asked()[3].body, "{}");
}

#[tokio::test]
async fn a_request_that_was_sent_is_not_sent_again() {
    let (broken, read) = breaks_off().await;
    let stub = Stub::named("second").await;
    let url = gateway(&[broken, stub.addr]).await;
    let response = Client::new()
        .post(format!("{url}/orders"))
        .body("{}")
        .send()
        .await;
    let (status, slug, _) = refusal(response.expect("an answer")).await;
    assert_eq!((status, slug.as_str()), (502, "upstream-failed"));
    assert_eq!(*read.lock().expect("not poisoned"), 1);
    assert!(stub.asked().is_empty(), "nobody else was asked");
}

#[tokio::test]
async fn a_service_that_is_down_is_a_503_that_says_when_to_ask_again() {
    let (first, second) = (nobody(), nobody());
    let url = gateway(&[first.addr, second.addr]).await;
    let response = reqwest::get(format!("{url}/orders"))
        .await
        .expect("an answer");
    let retry_after = Some("1".to_owned());
    assert_eq!(
        refusal(response).await,
        (503, "no-instance".to_owned(), retry_after.clone())
    );
    // A service that discovery has never heard of.
    let response = reqwest::get(format!("{url}/skus/a"))
        .await
        .expect("an answer");
    assert_eq!(
        refusal(response).await,
        (503, "no-instance".to_owned(), retry_after)
    );
}

#[tokio::test]
async fn a_service_that_takes_too_long_is_a_504() {
    let stub = Stub::start(|_| pending::<&str>()).await;
    let url = gateway(&[stub.addr]).await;
    let request = Client::new()
        .get(format!("{url}/orders"))
        .header("deadline-ms", "100");
    let (status, slug, _) = refusal(request.send().await.expect("an answer")).await;
    assert_eq!((status, slug.as_str()), (504, "deadline-exceeded"));
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn an_answer_that_stops_coming_is_broken_off_at_the_deadline() {
    let stub = Stub::start(|_| async {
        let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"half")) });
        Response::new(Body::from_stream(first.chain(stream::pending())))
    })
    .await;
    let url = gateway(&[stub.addr]).await;
    let request = Client::new()
        .get(format!("{url}/orders"))
        .header("deadline-ms", "500");
    let response = request.send().await.expect("the head of an answer");
    assert!(
        response.text().await.is_err(),
        "half an answer does not pass for a whole one"
    );
}
