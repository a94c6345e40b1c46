//! `GET /accounts/{customer}`

use super::{AccountAnswer, Api, parse_customer};
use axum::extract::{Path, State};
use lifecycle::{
    json::Json,
    problem::{self, Problem},
};
use payments_core::Account;

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
    let row: Option<(i64, i64, i64, i64, bool)> = assembly::read(query).await?;
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
