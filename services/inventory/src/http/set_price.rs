//! `PUT /skus/{sku}`

use super::{Api, SkuAnswer, parse_sku, refusal};
use axum::extract::{Path, State};
use inventory_core::{Command, Rejection};
use lifecycle::{
    json::Json,
    problem::{self, Problem},
};
use orders_contract::order::UNIT_PRICE_MINOR_MAX;
use serde::Deserialize;
use telemetry::TraceContext;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetPrice {
    unit_price_minor: i64,
}

pub async fn set_price(
    State(api): State<Api>,
    Path(sku): Path<String>,
    Json(SetPrice { unit_price_minor }): Json<SetPrice>,
) -> Result<Json<SkuAnswer>, Problem> {
    let sku = parse_sku(sku)?;
    if !(1..=UNIT_PRICE_MINOR_MAX).contains(&unit_price_minor) {
        let detail = format!("a price is 1 to {UNIT_PRICE_MINOR_MAX}, this is {unit_price_minor}");
        return Err(Problem::new(problem::OUT_OF_RANGE, detail).at("/unit_price_minor"));
    }
    let command = Command::SetPrice {
        sku: sku.clone(),
        unit_price_minor,
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
