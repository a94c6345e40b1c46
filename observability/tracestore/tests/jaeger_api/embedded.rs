//! The embedded store on ports of its own.

use lifecycle::Shutdown;
use tokio::net::TcpListener;
use tracestore::shared::SharedStore;
use tracestore::store::{MEMORY_LIMIT_BYTES_MIN, Store};
use tracestore::{ingest, listeners};

use crate::target::Target;

/// It lives as long as the test's runtime.
pub async fn start() -> Target {
    let store = SharedStore::new(Store::new(MEMORY_LIMIT_BYTES_MIN));
    let (otlp_http, otlp_http_url) = listen().await;
    let (otlp_grpc, otlp_grpc_url) = listen().await;
    let (query, query_url) = listen().await;
    tokio::spawn(lifecycle::server::serve(
        otlp_http,
        listeners::otlp_http(store.clone()),
        Shutdown::new(),
    ));
    tokio::spawn(lifecycle::server::serve(
        query,
        listeners::public(store.clone()),
        Shutdown::new(),
    ));
    tokio::spawn(ingest::grpc::serve(
        otlp_grpc,
        store,
        std::future::pending(),
    ));
    Target {
        name: "embedded",
        query: query_url,
        otlp_http: otlp_http_url,
        otlp_grpc: otlp_grpc_url,
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}
