//! Inventory's part of the public API: SKUs, their prices, goods that come in.

mod get_sku;
mod receive_goods;
mod set_price;

use crate::Commands;
use axum::{
    Router,
    routing::{get, post},
};
use inventory_core::{Rejection, Stock};
use lifecycle::problem::{self, Problem};
use orders_contract::Sku;
use serde::Serialize;
use sqlx::PgPool;

/// What a handler needs.
#[derive(Clone)]
pub struct Api {
    pub commands: Commands,
    pub pool: PgPool,
}

pub fn router(api: Api) -> Router {
    Router::new()
        .route(
            "/skus/{sku}",
            get(get_sku::get_sku).put(set_price::set_price),
        )
        .route("/skus/{sku}/receipts", post(receive_goods::receive_goods))
        .with_state(api)
}

/// A SKU as the API shows it.
#[derive(Debug, Serialize)]
struct SkuAnswer {
    sku: Sku,
    unit_price_minor: i64,
    on_hand: i64,
    reserved: i64,
    shipped: i64,
}

impl SkuAnswer {
    fn of(sku: Sku, stock: &Stock) -> Self {
        Self {
            sku,
            unit_price_minor: stock.unit_price_minor,
            on_hand: stock.on_hand,
            reserved: stock.reserved,
            shipped: stock.shipped,
        }
    }
}

fn parse_sku(text: String) -> Result<Sku, Problem> {
    Sku::try_from(text)
        .map_err(|error| Problem::new(problem::INVALID_IDENTIFIER, error.to_string()))
}

fn refusal(rejection: Rejection) -> Problem {
    let detail = rejection.to_string();
    match rejection {
        Rejection::UnknownSku(_) => Problem::new(problem::UNKNOWN_SKU, detail),
        Rejection::KeyReused => Problem::new(problem::IDEMPOTENCY_KEY_REUSED, detail),
        Rejection::TooMuch
        | Rejection::NothingToDispatch { .. }
        | Rejection::AlreadyDispatched { .. } => {
            Problem::new(problem::OUT_OF_RANGE, detail).at("/quantity")
        }
    }
}
