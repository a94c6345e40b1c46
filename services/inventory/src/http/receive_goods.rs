//! `POST /skus/{sku}/receipts`

use super::{Api, SkuAnswer, parse_sku, refusal};
use axum::extract::{Path, State};
use inventory_core::{Command, Rejection};
use lifecycle::{
    idempotency::IdempotencyKey,
    json::Json,
    problem::{self, Problem},
};
use serde::Deserialize;
use telemetry::TraceContext;

/// Of one delivery: a thousand full orders.
const RECEIPT_QUANTITY_MAX: i64 = 1_000_000_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiveGoods {
    quantity: i64,
}

pub async fn receive_goods(
    State(api): State<Api>,
    Path(sku): Path<String>,
    key: IdempotencyKey,
    Json(ReceiveGoods { quantity }): Json<ReceiveGoods>,
) -> Result<Json<SkuAnswer>, Problem> {
    let sku = parse_sku(sku)?;
    if !(1..=RECEIPT_QUANTITY_MAX).contains(&quantity) {
        let detail = format!("a quantity is 1 to {RECEIPT_QUANTITY_MAX}, this is {quantity}");
        return Err(Problem::new(problem::OUT_OF_RANGE, detail).at("/quantity"));
    }
    let command = Command::Receive {
        receipt_id: decider::message_id("receipt", key.as_str()),
        sku: sku.clone(),
        quantity,
    };
    let answer = (api.commands)
        .execute(command, TraceContext::current(), move |state, decided| {
            decided.map_err(Clone::clone)?;
            match state.skus.get(&sku) {
                Some(stock) => Ok(SkuAnswer::of(sku, stock)),
                None => Err(Rejection::UnknownSku(sku)),
            }
        })
        .await
        .map_err(assembly::refused)?;
    answer.map(Json).map_err(refusal)
}
