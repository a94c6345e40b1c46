//! `GET /skus/{sku}`

use super::{Api, SkuAnswer, parse_sku};
use axum::extract::{Path, State};
use inventory_core::Stock;
use lifecycle::{
    json::Json,
    problem::{self, Problem},
};

pub async fn get_sku(
    State(api): State<Api>,
    Path(sku): Path<String>,
) -> Result<Json<SkuAnswer>, Problem> {
    let sku = parse_sku(sku)?;
    let query = sqlx::query_as(
        "select unit_price_minor, price_version, on_hand, reserved, shipped
         from skus where sku = $1",
    )
    .bind(sku.as_str())
    .fetch_optional(&api.pool);
    let row: Option<(i64, i64, i64, i64, i64)> = assembly::read(query).await?;
    let (unit_price_minor, price_version, on_hand, reserved, shipped) = row.ok_or_else(|| {
        let detail = format!("there is no SKU {:?}", sku.as_str());
        Problem::new(problem::UNKNOWN_SKU, detail)
    })?;
    let stock = Stock {
        unit_price_minor,
        price_version,
        on_hand,
        reserved,
        shipped,
    };
    Ok(Json(SkuAnswer::of(sku, &stock)))
}
