//! The stack every request to a service goes through.
//!
//! ```text
//! request ─ trace::observe ─ deadline::enforce ─ handler | unknown-route | method-not-allowed
//! ```

use axum::Router;
use axum::http::{Method, Uri};
use axum::middleware::from_fn;

use crate::problem::{METHOD_NOT_ALLOWED, Problem, UNKNOWN_ROUTE};
use crate::{deadline, trace};

/// Puts the stack around a service's routes; to be called last, since it covers only what is there.
pub fn service(router: Router) -> Router {
    refusals(router)
        // A layer added later is entered earlier: the span has to see the deadline's answer too.
        .layer(from_fn(deadline::enforce))
        .layer(from_fn(trace::observe))
}

/// Answers what no route takes with problems.
pub fn refusals(router: Router) -> Router {
    router
        .fallback(unknown_route)
        .method_not_allowed_fallback(method_not_allowed)
}

async fn unknown_route(uri: Uri) -> Problem {
    Problem::new(UNKNOWN_ROUTE, format!("there is nothing at {}", uri.path()))
}

async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} does not take {method}", uri.path());
    Problem::new(METHOD_NOT_ALLOWED, detail)
}
