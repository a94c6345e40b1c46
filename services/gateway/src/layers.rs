//! What every request goes through, in this order, and nowhere else.
//!
//! ```text
//! client
//!   │  span and metrics    first, so that they see every answer, refusals too; a trace begins here, or goes on
//!   │  deadline            everything behind it shares one: reading the body, waiting, being sent on
//!   │  ── authentication   belongs here: before anything is read or counted for somebody unknown
//!   │  ── rate limits      belong here: per client, so after authentication
//!   │  body limit          reads the body, so that it can be sent a second time, and is charged to whoever passed
//!   ▼
//! pages | forward          breakers and outlier ejection belong in `upstream`: they judge instances, not clients
//! ```

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use lifecycle::deadline::{self, Deadline};
use lifecycle::json::{self, BODY_BYTES_MAX};
use lifecycle::problem::{MALFORMED_JSON, Problem};
use lifecycle::{layers, trace};
use tower::ServiceBuilder;

use crate::routes::Routes;

/// Puts the stack around the routes.
pub fn edge(router: Router, routes: Arc<Routes>) -> Router {
    let stack = ServiceBuilder::new()
        .layer(from_fn(trace::observe))
        .layer(from_fn_with_state(routes, within_deadline))
        .layer(from_fn(limit_body));
    layers::refusals(router).layer(stack)
}

/// The client's deadline, or the route's.
async fn within_deadline(
    State(routes): State<Arc<Routes>>,
    request: Request,
    next: Next,
) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let limit = matched.map_or(deadline::DEFAULT, |path| {
        routes.limit(request.method(), path.as_str())
    });
    let deadline = Deadline::from_headers(request.headers(), limit);
    deadline::within(deadline, request, next).await
}

/// Reads the body, or refuses it as soon as it is known to be too large.
async fn limit_body(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let declared = parts.headers.get(CONTENT_LENGTH);
    let declared: Option<usize> = declared.and_then(|length| length.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length| length > BODY_BYTES_MAX) {
        return too_large();
    }
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(whole) => {
            next.run(Request::from_parts(parts, Body::from(whole.to_bytes())))
                .await
        }
        Err(error) if error.is::<LengthLimitError>() => too_large(),
        Err(_) => Problem::new(MALFORMED_JSON, "the body ended early; nothing was sent on")
            .into_response(),
    }
}

/// What is left of the body is not read, so nothing can follow it: a client that does not know this sends its next request
/// into a connection that closes.
fn too_large() -> Response {
    ([(CONNECTION, "close")], json::too_large()).into_response()
}
