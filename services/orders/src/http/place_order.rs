//! `POST /orders`

use super::{Api, CONSISTENCY_TOKEN, OrderAnswer, order_id, request::PlaceOrder};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use lifecycle::{
    idempotency::IdempotencyKey,
    json::Json,
    problem::{self, Problem},
};
use messaging::Clock;
use orders_core::{Command, Placement, Rejection};
use telemetry::TraceContext;

pub async fn place_order(
    State(api): State<Api>,
    key: IdempotencyKey,
    Json(body): Json<PlaceOrder>,
) -> Result<impl IntoResponse, Problem> {
    let order_id = order_id(&key);
    let fingerprint = body.fingerprint();
    let wish = body.parse()?;
    if api.outbox.rows() >= api.placing.outbox_limit {
        let detail = "the broker is away and as many events wait for it as may; try again later";
        return Err(Problem::new(problem::OUTBOX_FULL, detail).retry_after_s(1));
    }
    let now_ms = api.clock.now_ms();
    let command = Command::Place(Placement {
        order_id,
        fingerprint,
        customer: wish.customer,
        items: wish.items,
        ship_to: wish.ship_to,
        coordination: wish.coordination.unwrap_or(api.placing.coordination),
        now_ms,
        deadline_at_ms: now_ms + api.placing.deadline_ms,
    });
    let placed = (api.commands)
        .execute(command, TraceContext::current(), move |state, decided| {
            decided.map_err(Clone::clone)?;
            let order = state.orders.get(&order_id);
            order
                .map(OrderAnswer::from)
                .ok_or(Rejection::UnknownOrder(order_id))
        })
        .await
        .map_err(assembly::refused)?;
    let answer = placed.map_err(refusal)?;
    tracing::info!(order_id = %order_id, coordination = %answer.coordination, "order placed");
    let headers = [
        (header::LOCATION, format!("/orders/{order_id}")),
        (CONSISTENCY_TOKEN, answer.version.to_string()),
    ];
    Ok((StatusCode::ACCEPTED, headers, Json(answer)))
}

fn refusal(rejection: Rejection) -> Problem {
    let detail = rejection.to_string();
    match rejection {
        // Inside an order it is the body that is wrong, not the address.
        Rejection::UnknownSku(_) => Problem::new(problem::UNKNOWN_SKU, detail)
            .with_status(StatusCode::UNPROCESSABLE_ENTITY)
            .at("/lines"),
        Rejection::KeyReused => Problem::new(problem::IDEMPOTENCY_KEY_REUSED, detail),
        Rejection::PastPivot(_) | Rejection::Contradiction { .. } => {
            Problem::new(problem::PAST_PIVOT, detail)
        }
        Rejection::UnknownOrder(_) => Problem::new(problem::UNKNOWN_ORDER, detail),
    }
}
