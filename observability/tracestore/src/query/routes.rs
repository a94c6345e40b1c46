//! The four calls of the API.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{Path, Query as QueryString, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use futures::stream;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::error::ApiError;
use super::parameters::Parameters;
use crate::ids::TraceId;
use crate::shared::SharedStore;

/// Traces written under one lock. An answer may be a hundred times the memory limit of a request; written in
/// parts, it takes as much memory as its largest part and keeps nobody waiting for long.
const TRACES_PER_PART: usize = 16;

type Pairs = QueryString<Vec<(String, String)>>;

pub fn router(store: SharedStore) -> Router {
    Router::new()
        .route("/api/v3/services", get(services))
        .route("/api/v3/operations", get(operations))
        .route("/api/v3/traces", get(search))
        .route("/api/v3/traces/{trace_id}", get(trace))
        .with_state(store)
}

async fn services(State(store): State<SharedStore>) -> Json<Value> {
    Json(json!({"services": store.lock().services()}))
}

async fn operations(State(store): State<SharedStore>, QueryString(pairs): Pairs) -> Json<Value> {
    let parameters = Parameters(pairs);
    let service = parameters.service().unwrap_or("");
    Json(json!({"operations": store.lock().operations(service, parameters.span_kind())}))
}

async fn trace(
    State(store): State<SharedStore>,
    Path(trace_id): Path<String>,
    QueryString(pairs): Pairs,
) -> Result<Response, ApiError> {
    let trace = TraceId::from_hex(&trace_id).ok_or_else(|| {
        ApiError::malformed(
            "trace_id",
            &format!("{trace_id:?} is not up to 32 hex digits"),
        )
    })?;
    Parameters(pairs).check_trace()?;
    if store.lock().summary(trace).is_none() {
        return Err(ApiError::not_found("No traces found"));
    }
    Ok(answer(store, vec![trace]))
}

async fn search(
    State(store): State<SharedStore>,
    QueryString(pairs): Pairs,
) -> Result<Response, ApiError> {
    let parameters = Parameters(pairs);
    let query = parameters.search()?;
    let found = store.lock().find(&query);
    if found.is_empty() {
        return Err(ApiError::not_found("No traces found"));
    }
    Ok(answer(store, found))
}

/// All traces merged in one `result.resourceSpans`, as Jaeger answers them.
fn answer(store: SharedStore, traces: Vec<TraceId>) -> Response {
    let chunks: Vec<Vec<TraceId>> = traces.chunks(TRACES_PER_PART).map(<[_]>::to_vec).collect();
    let mut begun = false;
    let parts = chunks
        .into_iter()
        .map(move |traces| Bytes::from(part(&store, &traces, &mut begun)));
    let head = Bytes::from_static(b"{\"result\":{\"resourceSpans\":[");
    let tail = Bytes::from_static(b"]}}");
    let parts = std::iter::once(head)
        .chain(parts)
        .chain(std::iter::once(tail));
    let body = Body::from_stream(stream::iter(parts.map(Ok::<_, Infallible>)));
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// The members for some traces, without those that were evicted since they were found.
fn part(store: &SharedStore, traces: &[TraceId], begun: &mut bool) -> Vec<u8> {
    let store = store.lock();
    let mut part = Vec::new();
    for trace in traces {
        let before = part.len();
        if *begun {
            part.push(b',');
        }
        if store.write_trace(*trace, &mut part) {
            *begun = true;
        } else {
            part.truncate(before);
        }
    }
    part
}
