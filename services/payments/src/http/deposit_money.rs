//! `POST /accounts/{customer}/deposits`

use super::{AccountAnswer, Api, parse_customer, refusal};
use axum::extract::{Path, State};
use lifecycle::{
    idempotency::IdempotencyKey,
    json::Json,
    problem::{self, Problem},
};
use payments_core::{Command, Rejection};
use serde::Deserialize;
use telemetry::TraceContext;

/// Of one deposit: ten billion of a currency with two decimals.
const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositMoney {
    amount_minor: i64,
}

pub async fn deposit_money(
    State(api): State<Api>,
    Path(customer): Path<String>,
    key: IdempotencyKey,
    Json(DepositMoney { amount_minor }): Json<DepositMoney>,
) -> Result<Json<AccountAnswer>, Problem> {
    let customer = parse_customer(customer)?;
    if !(1..=AMOUNT_MINOR_MAX).contains(&amount_minor) {
        let detail = format!("an amount is 1 to {AMOUNT_MINOR_MAX}, this is {amount_minor}");
        return Err(Problem::new(problem::OUT_OF_RANGE, detail).at("/amount_minor"));
    }
    let command = Command::Deposit {
        deposit_id: decider::message_id("deposit", key.as_str()),
        customer: customer.clone(),
        amount_minor,
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
