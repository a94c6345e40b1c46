//! The admin port: for operators, orchestrators and Prometheus, never for clients.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, put};
use telemetry::Telemetry;

use crate::Readiness;

/// A log filter names a handful of modules.
const LOG_FILTER_BYTES_MAX: usize = 1024;

#[derive(Clone)]
struct Admin {
    telemetry: Arc<Telemetry>,
    readiness: Readiness,
}

pub(crate) fn router(telemetry: Arc<Telemetry>, readiness: Readiness) -> Router {
    Router::new()
        .route("/livez", get(async || "live\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/log-level", put(log_level))
        .layer(DefaultBodyLimit::max(LOG_FILTER_BYTES_MAX))
        .with_state(Admin {
            telemetry,
            readiness,
        })
}

async fn readyz(State(admin): State<Admin>) -> (StatusCode, String) {
    match admin.readiness.obstacles() {
        obstacles if obstacles.is_empty() => (StatusCode::OK, "ready\n".to_owned()),
        obstacles => (StatusCode::SERVICE_UNAVAILABLE, obstacles.join("\n") + "\n"),
    }
}

async fn metrics(State(admin): State<Admin>) -> impl IntoResponse {
    let version = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (version, admin.telemetry.metrics_text())
}

/// The body is the new filter, such as `info,messaging=debug`.
async fn log_level(State(admin): State<Admin>, directives: String) -> (StatusCode, String) {
    let directives = directives.trim();
    match admin.telemetry.set_log_filter(directives) {
        Ok(()) => {
            tracing::info!(filter = directives, "log filter replaced");
            (StatusCode::OK, format!("{directives}\n"))
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")),
    }
}
