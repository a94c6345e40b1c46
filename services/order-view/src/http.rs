//! The reads of the public API.

mod get_order;
mod list_orders;

use crate::waiting::WaitingRoom;
use axum::{Router, routing::get};
use sqlx::PgPool;

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
