//! `GET /accounts/{customer}`

use super::{AccountAnswer, Api, parse_customer};
use axum::extract::{Path, State};
use lifecycle::{
    json::Json,
    problem::{self, Problem},
};
use messaging::store::postgres::unavailable;
use payments_core::Account;
use std::time::Duration;

/// One row by its key: what does not come in this time is not coming.
const QUERY_TIMEOUT: Duration = Duration::from_secs(2);

pub async fn get_account(
    State(api): State<Api>,
    Path(customer): Path<String>,
) -> Result<Json<AccountAnswer>, Problem> {
    let customer = parse_customer(customer)?;
    let query = sqlx::query_as(
        "select available_minor, held_minor, captured_minor, refunded_minor, blocked
         from accounts where customer = $1",
    )
    .bind(customer.as_str())
    .fetch_optional(&api.pool);
    let row: Option<(i64, i64, i64, i64, bool)> = tokio::time::timeout(QUERY_TIMEOUT, query)
        .await
        .map_err(|_| unavailable("no answer in time"))?
        .map_err(unavailable)?;
    let (available_minor, held_minor, captured_minor, refunded_minor, blocked) =
        row.ok_or_else(|| {
            let detail = format!("there is no account of {:?}", customer.as_str());
            Problem::new(problem::UNKNOWN_ACCOUNT, detail)
        })?;
    let account = Account {
        available_minor,
        held_minor,
        captured_minor,
        refunded_minor,
        blocked,
    };
    Ok(Json(AccountAnswer::of(customer, &account)))
}
