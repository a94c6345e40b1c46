//! The three listeners: OTLP over HTTP, OTLP over gRPC, and the public one with the API and the pages.

use axum::Router;
use http::{StatusCode, Uri};

use crate::shared::SharedStore;
use crate::{ingest, page, query};

/// OTLP over HTTP.
pub fn otlp_http(store: SharedStore) -> Router {
    ingest::http::router(store).fallback(unknown)
}

/// Jaeger's query API and the pages.
pub fn public(store: SharedStore) -> Router {
    query::router(store.clone())
        .merge(page::router(store))
        .fallback(unknown)
}

async fn unknown(uri: Uri) -> (StatusCode, String) {
    (
        StatusCode::NOT_FOUND,
        format!(
            "nothing at {}; the pages begin at /, the API at /api/v3/services\n",
            uri.path()
        ),
    )
}
