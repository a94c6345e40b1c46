//! The calls, one function each.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::token;
use crate::endpoints::Endpoints;
use crate::fleet::Fleet;
use crate::process::{Action, Receipt, Status};
use crate::run_dir::RunDir;

/// The longest body is `{"instances": 16}`.
const BODY_BYTES_MAX: usize = 1024;

#[derive(Clone)]
pub struct Shared {
    pub fleet: Arc<Fleet>,
    pub run_dir: RunDir,
    pub token: Arc<str>,
}

pub fn router(shared: Shared) -> Router {
    Router::new()
        .route("/processes", get(processes))
        .route("/processes/{name}/{action}", post(act))
        .route("/services/{service}/scale", post(scale))
        .fallback(async || {
            Problem::new(
                StatusCode::NOT_FOUND,
                "unknown-route",
                "No such route",
                "GET /processes, POST /processes/{name}/{action}, POST /services/{service}/scale",
            )
        })
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Not with this method",
                "GET reads, POST acts",
            )
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        // Outermost: who has no token does not learn which routes there are.
        .layer(middleware::from_fn_with_state(
            shared.clone(),
            token::required,
        ))
        .with_state(shared)
}

async fn processes(State(shared): State<Shared>) -> Json<Vec<Status>> {
    Json(shared.fleet.supervisor.list())
}

async fn act(
    State(shared): State<Shared>,
    Path((name, action)): Path<(String, String)>,
) -> Result<Json<Receipt>, Problem> {
    let Some(action) = Action::named(&action) else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "unknown-action",
            "No such action",
            "one of kill, terminate, pause, resume, restart, fill-disk, free-disk",
        ));
    };
    Ok(Json(shared.fleet.supervisor.act(&name, action).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scale {
    instances: u64,
}

#[derive(Serialize)]
struct Scaled {
    service: String,
    instances: Vec<String>,
}

async fn scale(
    State(shared): State<Shared>,
    Path(service): Path<String>,
    wanted: Result<Json<Scale>, JsonRejection>,
) -> Result<Json<Scaled>, Problem> {
    let Json(wanted) = wanted.map_err(|rejection| {
        Problem::new(
            rejection.status(),
            "malformed-request",
            "Send {\"instances\": n} as application/json",
            rejection.body_text(),
        )
    })?;
    // A task of its own: a caller who hangs up must not leave it half done.
    let scaling = tokio::spawn(async move {
        let instances = shared.fleet.scale(&service, wanted.instances).await?;
        refresh_endpoints(&shared).await;
        Ok::<_, Problem>(Json(Scaled { service, instances }))
    });
    scaling.await.unwrap_or_else(|error| {
        Err(Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "scale-failed",
            "Could not be scaled",
            error.to_string(),
        ))
    })
}

/// The file names the gateways there are. It is missing until the platform is ready, and then so it stays.
async fn refresh_endpoints(shared: &Shared) {
    if let Ok(mut endpoints) = Endpoints::read(&shared.run_dir) {
        endpoints.gateway = shared.fleet.gateway_urls().await;
        // Whoever reads the file next tries another gateway if this one is gone.
        let _ = endpoints.write(&shared.run_dir);
    }
}
