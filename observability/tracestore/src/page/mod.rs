//! Two pages for people: the recent traces, and one trace as a waterfall.
//!
//! Rendered here, without a script, a font or an image from elsewhere. A page reads the store through the same
//! JSON as everybody else.

mod html;
mod list;
mod trace;
mod tree;
mod view;

use axum::Router;
use axum::extract::{Path, Query as QueryString, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde::Deserialize;

use crate::ids::TraceId;
use crate::shared::SharedStore;
use crate::store::Query;

/// Rows of the list: what one looks through before filtering.
const LISTED_MAX: usize = 50;

pub fn router(store: SharedStore) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/trace/{trace_id}", get(trace))
        .with_state(store)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Filter {
    service: String,
    order: String,
}

async fn list(
    State(store): State<SharedStore>,
    QueryString(filter): QueryString<Filter>,
) -> Response {
    let Filter { service, order } = &filter;
    let store = store.lock();
    let found = store.find(&Query {
        service: Some(service.as_str()).filter(|service| !service.is_empty()),
        subject: Some(order.trim()).filter(|order| !order.is_empty()),
        ..Query::newest(LISTED_MAX)
    });
    let traces: Vec<_> = found
        .into_iter()
        .filter_map(|trace| store.summary(trace))
        .collect();
    let (services, occupancy) = (store.services(), store.occupancy());
    drop(store);
    answer(
        StatusCode::OK,
        list::render(&traces, &services, &filter, occupancy),
    )
}

async fn trace(State(store): State<SharedStore>, Path(trace_id): Path<String>) -> Response {
    let mut json = b"[".to_vec();
    let kept =
        TraceId::from_hex(&trace_id).filter(|trace| store.lock().write_trace(*trace, &mut json));
    json.push(b']');
    match kept.zip(view::read(&json)) {
        Some((trace, spans)) => answer(StatusCode::OK, trace::render(trace, spans)),
        None => answer(StatusCode::NOT_FOUND, trace::render_missing(&trace_id)),
    }
}

fn answer(status: StatusCode, page: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        // the page needs its own style and nothing else from anywhere
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
        ),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page).into_response()
}
