//! The accept loop on a real socket: what a draining server still does and what it no longer does.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use lifecycle::Shutdown;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::timeout;

/// Far beyond what any of this takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_request_in_hand_is_finished_and_a_later_connection_refused() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (begun, go_on) = (begun.clone(), go_on.clone());
        async move || {
            begun.notify_one();
            go_on.notified().await;
            "done"
        }
    };
    let router = Router::new().route("/slow", get(slow));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let shutdown = Shutdown::new();
    let server = tokio::spawn(lifecycle::server::serve(listener, router, shutdown.clone()));

    let request = tokio::spawn(reqwest::get(format!("http://{addr}/slow")));
    timeout(PATIENCE, begun.notified())
        .await
        .expect("the request arrives");
    shutdown.request();
    let refused = timeout(PATIENCE, async {
        while tokio::net::TcpStream::connect(addr).await.is_ok() {
            tokio::task::yield_now().await;
        }
    });
    refused.await.expect("the listener closes");
    assert!(!server.is_finished(), "a request is still in hand");

    go_on.notify_one();
    let response = request.await.expect("no panic").expect("an answer");
    assert_eq!(response.text().await.expect("a body"), "done");
    timeout(PATIENCE, server)
        .await
        .expect("the drain ends")
        .expect("no panic");
}
