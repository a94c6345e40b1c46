//! What the gateway answers itself.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use lifecycle::json::Json;
use lifecycle::problem::{self, CATALOGUE, Problem, ProblemType, UNKNOWN_ROUTE};
use serde::Serialize;

pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(async || "Breakwater's gateway: POST /orders places an order; /problems lists every refusal.\n"))
        .route("/problems", get(problems))
        .route("/problems/{slug}", get(problem))
}

/// A type of problem as its URL shows it.
#[derive(Serialize)]
struct Page {
    r#type: String,
    status: u16,
    title: &'static str,
    meaning: &'static str,
}

impl From<ProblemType> for Page {
    fn from(kind: ProblemType) -> Self {
        Self {
            r#type: format!("/problems/{}", kind.slug),
            status: kind.status.as_u16(),
            title: kind.title,
            meaning: kind.meaning,
        }
    }
}

async fn problems() -> Json<Vec<Page>> {
    Json(CATALOGUE.iter().copied().map(Page::from).collect())
}

async fn problem(Path(slug): Path<String>) -> Result<Json<Page>, Problem> {
    match problem::by_slug(&slug) {
        Some(kind) => Ok(Json(kind.into())),
        None => Err(Problem::new(
            UNKNOWN_ROUTE,
            format!("there is no type of problem {slug:?}"),
        )),
    }
}
