//! `PUT /crash-points/{point}?term_ms=n` on the admin port, in builds for chaos experiments only.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::routing::{get, put};
use messaging::crash_points::{self, Point};
use serde::Deserialize;

/// Nobody waits longer for a point to be reached.
const TERM_MAX: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Term {
    term_ms: u64,
}

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/crash-points", get(list))
        .route("/crash-points/{point}", put(arm))
}

async fn list() -> String {
    Point::ALL.map(Point::label).join("\n") + "\n"
}

async fn arm(Path(point): Path<String>, Query(term): Query<Term>) -> (StatusCode, String) {
    let Some(known) = Point::named(&point) else {
        return (StatusCode::NOT_FOUND, list().await);
    };
    let term = Duration::from_millis(term.term_ms).min(TERM_MAX);
    crash_points::arm(known, term);
    tracing::warn!(point, ?term, "whoever reaches this point ends the process");
    (StatusCode::ACCEPTED, format!("{point}\n"))
}
