//! `POST /orders/{id}/cancel`
//!
//! 202 says that the cancel is asked for. Whether it comes before the pivot is decided
//! by the owner of the pivot, and read from the order.

use super::{Api, CONSISTENCY_TOKEN, OrderAnswer};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use lifecycle::{
    json::Json,
    problem::{self, Problem},
};
use orders_contract::OrderId;
use orders_core::{Command, Rejection};
use telemetry::TraceContext;

pub async fn cancel_order(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let order_id =
        OrderId(id.parse().map_err(|_| {
            Problem::new(problem::INVALID_IDENTIFIER, "the id of an order is a UUID")
        })?);
    let asked = (api.commands)
        .execute(
            Command::RequestCancel { order_id },
            TraceContext::current(),
            move |state, decided| {
                decided.map_err(Clone::clone)?;
                let order = state.orders.get(&order_id);
                order
                    .map(OrderAnswer::from)
                    .ok_or(Rejection::UnknownOrder(order_id))
            },
        )
        .await
        .map_err(assembly::refused)?;
    let answer = asked.map_err(|rejection| {
        let detail = rejection.to_string();
        match rejection {
            Rejection::UnknownOrder(_) => Problem::new(problem::UNKNOWN_ORDER, detail),
            Rejection::PastPivot(_)
            | Rejection::UnknownSku(_)
            | Rejection::KeyReused
            | Rejection::Contradiction { .. } => Problem::new(problem::PAST_PIVOT, detail),
        }
    })?;
    tracing::info!(%order_id, "cancel requested");
    let headers = [(CONSISTENCY_TOKEN, answer.version.to_string())];
    Ok((StatusCode::ACCEPTED, headers, Json(answer)))
}
