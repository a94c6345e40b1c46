//! `POST /accounts/{customer}/block`

use super::{AccountAnswer, Api, parse_customer, refusal};
use axum::extract::{Path, State};
use lifecycle::{json::Json, problem::Problem};
use payments_core::{Command, Rejection};
use telemetry::TraceContext;

pub async fn block_account(
    State(api): State<Api>,
    Path(customer): Path<String>,
) -> Result<Json<AccountAnswer>, Problem> {
    let customer = parse_customer(customer)?;
    let command = Command::Block {
        customer: customer.clone(),
    };
    let answer = (api.commands)
        .execute(command, TraceContext::current(), move |state, decided| {
            decided.map_err(Clone::clone)?;
            match state.accounts.get(&customer) {
                Some(account) => Ok(AccountAnswer::of(customer, account)),
                None => Err(Rejection::UnknownAccount(customer)),
            }
        })
        .await
        .map_err(assembly::refused)?;
    answer.map(Json).map_err(refusal)
}
