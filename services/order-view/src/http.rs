//! The reads of the public API.

mod get_order;
mod list_orders;

use crate::waiting::WaitingRoom;
use axum::{Router, routing::get};
use lifecycle::problem::{self, Problem};
use sqlx::PgPool;
use std::time::Duration;

/// One indexed query: what does not come in this time is not coming.
const QUERY_TIMEOUT: Duration = Duration::from_secs(2);

/// What a handler needs.
#[derive(Clone)]
pub struct Api {
    pub pool: PgPool,
    pub waiting: WaitingRoom,
}

pub fn router(api: Api) -> Router {
    Router::new()
        .route("/orders", get(list_orders::list_orders))
        .route("/orders/{id}", get(get_order::get_order))
        .with_state(api)
}

/// A read within its time, or the problem that says that nothing was read.
async fn read<T>(query: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Problem> {
    let detail = match tokio::time::timeout(QUERY_TIMEOUT, query).await {
        Ok(Ok(rows)) => return Ok(rows),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in time".to_owned(),
    };
    tracing::warn!(detail, "the read model cannot be read");
    Err(Problem::new(
        problem::DATABASE_UNAVAILABLE,
        "the read model cannot be read; try again later",
    )
    .retry_after_s(1))
}
