//! Orders.

use super::{Watched, name};
use crate::{marks::Marks, tally::Tally};
use orders_contract::{OrderId, Reason, Status};
use orders_core::{Event, Orders, State, state::Order};
use uuid::Uuid;

impl Watched for Orders {
    fn effect_on(event: &Event) -> Option<Uuid> {
        match event {
            Event::Placed { facts, .. } => Some(facts.order_id.0),
            Event::PivotNoted { order_id }
            | Event::CaptureNoted { order_id }
            | Event::DispatchNoted { order_id } => Some(order_id.0),
            Event::Confirmed(ending)
            | Event::Rejected { ending, .. }
            | Event::Cancelled { ending, .. } => Some(ending.order_id.0),
            // A deadline asks again.
            Event::CancelRequested { .. } => None,
            Event::PriceLearned { .. } => None,
        }
    }

    fn marks(state: &State, tally: &Tally) -> Marks {
        const ENDINGS: [&str; 3] = ["order.confirmed", "order.rejected", "order.cancelled"];
        let twice = tally.has_effect_twice(&ENDINGS);
        state
            .orders
            .values()
            .map(outcome)
            .chain([Marks::EFFECT_TWICE.when(twice)])
            .collect()
    }

    fn is_undone(state: &State, order: Uuid) -> bool {
        state
            .orders
            .get(&OrderId(order))
            .is_some_and(|order| matches!(order.status, Status::Rejected | Status::Cancelled))
    }

    fn picture(state: &State) -> String {
        let orders: Vec<_> = state.orders.values().map(order).collect();
        orders.join(", ")
    }
}

fn outcome(order: &Order) -> Marks {
    let late = order.status == Status::Confirmed && order.cancel_attempts > 0;
    let outcome = match (order.status, order.reason) {
        (Status::Confirmed, _) => Marks::CONFIRMED,
        (_, Some(Reason::OutOfStock)) => Marks::OUT_OF_STOCK,
        (_, Some(Reason::InsufficientFunds)) => Marks::INSUFFICIENT_FUNDS,
        (_, Some(Reason::AccountBlocked)) => Marks::ACCOUNT_BLOCKED,
        (_, Some(Reason::NotServiceable)) => Marks::NOT_SERVICEABLE,
        (_, Some(Reason::Customer)) => Marks::CANCELLED_BY_CUSTOMER,
        (_, Some(Reason::Deadline)) => Marks::CANCELLED_BY_DEADLINE,
        (_, None) => Marks::default(),
    };
    let confirmed = Marks::confirmed(order.facts.order_id.0);
    outcome
        .with(Marks::CANCEL_TOO_LATE.when(late))
        .with(confirmed.when(order.status == Status::Confirmed))
}

fn order(order: &Order) -> String {
    let mut words = format!("{} {}", name(order.facts.order_id.0), order.status.as_str());
    for (is_so, word) in [
        (order.cancel_attempts > 0, "cancel asked"),
        (order.pivot_passed, "pivot passed"),
        (order.captured, "captured"),
        (order.dispatched, "dispatched"),
    ] {
        if is_so {
            words += " + ";
            words += word;
        }
    }
    if let Some(reason) = order.reason {
        words += &format!(" ({})", reason.as_str());
    }
    words
}
