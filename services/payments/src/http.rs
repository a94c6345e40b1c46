//! Payments' part of the public API: accounts, deposits, blocking.

mod block_account;
mod deposit_money;
mod get_account;

use crate::Commands;
use axum::{
    Router,
    routing::{get, post},
};
use lifecycle::problem::{self, Problem};
use orders_contract::CustomerId;
use payments_core::{Account, Rejection};
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
        .route("/accounts/{customer}", get(get_account::get_account))
        .route(
            "/accounts/{customer}/deposits",
            post(deposit_money::deposit_money),
        )
        .route(
            "/accounts/{customer}/block",
            post(block_account::block_account),
        )
        .with_state(api)
}

/// An account as the API shows it. Captured and refunded are totals for ever.
#[derive(Debug, Serialize)]
struct AccountAnswer {
    customer: CustomerId,
    available_minor: i64,
    held_minor: i64,
    captured_minor: i64,
    refunded_minor: i64,
    blocked: bool,
}

impl AccountAnswer {
    fn of(customer: CustomerId, account: &Account) -> Self {
        Self {
            customer,
            available_minor: account.available_minor,
            held_minor: account.held_minor,
            captured_minor: account.captured_minor,
            refunded_minor: account.refunded_minor,
            blocked: account.blocked,
        }
    }
}

fn parse_customer(text: String) -> Result<CustomerId, Problem> {
    CustomerId::try_from(text)
        .map_err(|error| Problem::new(problem::INVALID_IDENTIFIER, error.to_string()))
}

fn refusal(rejection: Rejection) -> Problem {
    let detail = rejection.to_string();
    match rejection {
        Rejection::UnknownAccount(_) => Problem::new(problem::UNKNOWN_ACCOUNT, detail),
        Rejection::KeyReused => Problem::new(problem::IDEMPOTENCY_KEY_REUSED, detail),
        Rejection::TooMuch
        | Rejection::NothingToCapture { .. }
        | Rejection::AlreadyCaptured { .. } => {
            Problem::new(problem::OUT_OF_RANGE, detail).at("/amount_minor")
        }
    }
}
