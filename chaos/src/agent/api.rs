//! The agent over HTTP, on loopback, for holders of the token.
//!
//! | call | answer |
//! |---|---|
//! | `GET /livez` | 204; needs no token |
//! | `GET /state` | capabilities, links, the experiment that runs and its faults |
//! | `GET /processes` | every process |
//! | `POST /experiments` `{"title", "term_ms"}` | a ticket; 409 while another runs |
//! | `POST /experiments/{id}/heartbeat` | 204; 410 when it is over |
//! | `POST /experiments/{id}/faults` an order | its number |
//! | `GET`, `DELETE /experiments/{id}/faults/{n}` | its receipts; ended, for `DELETE` |
//! | `DELETE /experiments/{id}` | 204: it is over, and healed |
//! | `DELETE /experiments` | 204: everything is healed, whoever began it |

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::control::Process;
use super::experiments::{ExperimentError, Experiments, Ticket};
use super::held::Told;
use crate::fault::{Capability, FaultError, Order};

/// An order has a handful of words.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// A heartbeat a second is usual; a fault that outlives its harness by more is a nuisance.
const TERM_MAX: Duration = Duration::from_secs(60);
const TERM_MIN: Duration = Duration::from_secs(1);

/// What is there and what is going on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Situation {
    pub capabilities: Vec<Capability>,
    pub links: Vec<String>,
    pub experiment: Option<Ticket>,
    pub faults: Vec<Told>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    pub title: String,
    pub term_ms: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Number {
    pub number: u64,
}

type Shared = State<Arc<Experiments>>;

pub fn router(
    experiments: Arc<Experiments>,
    token: String,
    metrics_text: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> Router {
    let token: Arc<str> = token.into();
    Router::new()
        .route("/state", get(state))
        .route("/processes", get(processes))
        .route("/experiments", post(begin).delete(heal))
        .route("/experiments/{id}", delete(finish))
        .route("/experiments/{id}/heartbeat", post(heartbeat))
        .route("/experiments/{id}/faults", post(inject))
        .route("/experiments/{id}/faults/{number}", get(told).delete(end))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(token, required))
        .route("/livez", get(async || StatusCode::NO_CONTENT))
        .route("/metrics", get(async move || metrics_text()))
        .with_state(experiments)
}

async fn state(State(all): Shared) -> Json<Situation> {
    let (experiment, faults) = all.running().await.unzip();
    Json(Situation {
        capabilities: all.site.capabilities().await,
        links: all
            .site
            .links
            .iter()
            .map(|link| link.name.clone())
            .collect(),
        experiment,
        faults: faults.unwrap_or_default(),
    })
}

async fn processes(State(all): Shared) -> Result<Json<Vec<Process>>, Problem> {
    Ok(Json(
        all.site
            .control
            .processes()
            .await
            .map_err(ExperimentError::from)?,
    ))
}

async fn begin(State(all): Shared, Json(asked): Json<Begin>) -> Result<Json<Ticket>, Problem> {
    let term = Duration::from_millis(asked.term_ms).clamp(TERM_MIN, TERM_MAX);
    Ok(Json(all.begin(asked.title, term).await?))
}

async fn heartbeat(State(all): Shared, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    all.heartbeat(id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A task of its own: a caller who hangs up must not leave a fault that nobody holds.
async fn inject(
    State(all): Shared,
    Path(id): Path<u64>,
    Json(order): Json<Order>,
) -> Result<Json<Number>, Problem> {
    let number = apart(async move { all.inject(id, order).await }).await?;
    Ok(Json(Number { number }))
}

async fn told(
    State(all): Shared,
    Path((id, fault)): Path<(u64, u64)>,
) -> Result<Json<Told>, Problem> {
    Ok(Json(all.told(id, fault).await?))
}

async fn end(
    State(all): Shared,
    Path((id, fault)): Path<(u64, u64)>,
) -> Result<Json<Told>, Problem> {
    Ok(Json(apart(async move { all.end(id, fault).await }).await?))
}

async fn finish(State(all): Shared, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    apart(async move { all.finish(id).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn heal(State(all): Shared) -> Result<StatusCode, Problem> {
    apart(async move {
        all.heal().await;
        Ok(all.site.sweep().await?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn apart<T: Send + 'static>(
    work: impl Future<Output = Result<T, ExperimentError>> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::spawn(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(Problem {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            detail: error.to_string(),
        }),
    }
}

struct Problem {
    status: StatusCode,
    detail: String,
}

impl From<ExperimentError> for Problem {
    fn from(error: ExperimentError) -> Self {
        let status = match &error {
            ExperimentError::Busy { .. } => StatusCode::CONFLICT,
            ExperimentError::Over => StatusCode::GONE,
            ExperimentError::NoSuchFault => StatusCode::NOT_FOUND,
            ExperimentError::Marker(_) => StatusCode::INSUFFICIENT_STORAGE,
            ExperimentError::Full => StatusCode::TOO_MANY_REQUESTS,
            ExperimentError::Fault(FaultError::Unknown { .. }) => StatusCode::BAD_GATEWAY,
            ExperimentError::Unknown(_)
            | ExperimentError::Malformed { .. }
            | ExperimentError::Fault(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self {
            status,
            detail: error.to_string(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, kind, body.to_string()).into_response()
    }
}

/// The API kills processes, and other users of the machine reach loopback too.
async fn required(State(token): State<Arc<str>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if given.is_some_and(|given| same(given.as_bytes(), token.as_bytes())) {
        return next.run(request).await;
    }
    Problem {
        status: StatusCode::UNAUTHORIZED,
        detail: "send `Authorization: Bearer <token>` with chaos_token of the run's secrets.json"
            .into(),
    }
    .into_response()
}

/// In a time that does not tell how much of it was right.
fn same(given: &[u8], token: &[u8]) -> bool {
    let pairs = given.iter().zip(token);
    let differences = pairs.fold(0_u8, |sum, (left, right)| sum | (left ^ right));
    given.len() == token.len() && differences == 0
}
