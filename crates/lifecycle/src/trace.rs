//! One server span and two metrics for each request.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use crate::metrics::{REQUEST_SECONDS, REQUESTS};

/// The route of requests that match none: paths are chosen by clients, labels are not.
const NO_ROUTE: &str = "none";

/// The layer of everything that serves: its span continues the trace of the caller, or begins one.
pub async fn observe(request: Request, next: Next) -> Response {
    let context = telemetry::http::extract(request.headers());
    let start = Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let method = method_label(request.method());
    let span = server_span(method, route, request.uri().path());
    if let Some(context) = context {
        context.adopt(&span);
    }
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    REQUESTS.add(1, &[route, method, status.as_str()]);
    REQUEST_SECONDS.record(start.elapsed().as_secs_f64(), &[route]);
    response
}

fn server_span(method: &'static str, route: &str, path: &str) -> Span {
    info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        url.path = path,
    )
}

/// A method by its name, for those that HTTP knows; a client may send any word.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
