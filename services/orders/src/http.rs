//! Orders' part of the public API: place an order, ask for its cancel.

mod cancel_order;
mod place_order;
mod request;

use crate::{Commands, settings::Placing};
use axum::{Router, http::HeaderName, routing::post};
use messaging::{OutboxLevel, SystemClock};
use orders_contract::{OrderId, Status};
use orders_core::state::Order;
use serde::Serialize;
use uuid::Uuid;

/// The order's version: a read that presents it sees at least this.
const CONSISTENCY_TOKEN: HeaderName = HeaderName::from_static("consistency-token");

/// What a handler needs.
#[derive(Clone)]
pub struct Api {
    pub commands: Commands,
    pub outbox: OutboxLevel,
    pub placing: Placing,
    pub clock: SystemClock,
}

pub fn router(api: Api) -> Router {
    Router::new()
        .route("/orders", post(place_order::place_order))
        .route("/orders/{id}/cancel", post(cancel_order::cancel_order))
        .with_state(api)
}

/// An order as a command's answer shows it.
#[derive(Debug, Serialize)]
struct OrderAnswer {
    order_id: OrderId,
    status: Status,
    version: i64,
    coordination: decider::Coordination,
}

impl From<&Order> for OrderAnswer {
    fn from(order: &Order) -> Self {
        Self {
            order_id: order.facts.order_id,
            status: order.status,
            version: order.version,
            coordination: order.coordination,
        }
    }
}

/// The same key, the same order: nothing else has to be remembered of a request.
fn order_id(key: &lifecycle::idempotency::IdempotencyKey) -> OrderId {
    OrderId(id_of("order", key.as_str()))
}

fn id_of(what: &str, text: &str) -> Uuid {
    decider::message_id(what, text)
}
