//! Placing an order.

use crate::{
    command::{Placement, Rejection},
    event::Event,
    state::State,
};
use orders_contract::{Line, OrderFacts};

/// The same key with the same request is the same order; with another, a mistake.
pub fn place(state: &State, placement: &Placement) -> Result<Vec<Event>, Rejection> {
    if let Some(order) = state.orders.get(&placement.order_id) {
        return if order.fingerprint == placement.fingerprint {
            Ok(vec![])
        } else {
            Err(Rejection::KeyReused)
        };
    }
    let lines = (placement.items.iter())
        .map(|item| match state.catalogue.get(&item.sku) {
            Some(price) => Ok(Line {
                sku: item.sku.clone(),
                quantity: item.quantity,
                unit_price_minor: price.unit_price_minor,
            }),
            None => Err(Rejection::UnknownSku(item.sku.clone())),
        })
        .collect::<Result<Vec<_>, _>>()?;
    // Within 64 bits by the bounds of the contract.
    let total_minor = lines.iter().map(|l| l.quantity * l.unit_price_minor).sum();
    Ok(vec![Event::Placed {
        facts: OrderFacts {
            order_id: placement.order_id,
            customer: placement.customer.clone(),
            lines,
            total_minor,
            ship_to: placement.ship_to.clone(),
        },
        fingerprint: placement.fingerprint,
        coordination: placement.coordination,
        placed_at_ms: placement.now_ms,
        deadline_at_ms: placement.deadline_at_ms,
    }])
}
