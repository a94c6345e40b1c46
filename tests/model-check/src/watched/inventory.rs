//! Inventory: stock is conserved.

use super::{Watched, list};
use crate::{marks::Marks, tally::Tally};
use inventory_core::{Event, Inventory, Reservation, State, state::Stock};
use orders_contract::{OrderId, Sku};
use uuid::Uuid;

impl Watched for Inventory {
    fn effect_on(event: &Event) -> Option<Uuid> {
        match event {
            Event::Reserved { facts, .. } => Some(facts.order_id.0),
            Event::Refused { order_id, .. }
            | Event::Released { order_id, .. }
            | Event::Voided { order_id }
            | Event::ReleasedAlready { order_id }
            | Event::Dispatched { order_id, .. } => Some(order_id.0),
            Event::Priced { .. } | Event::Received { .. } => None,
        }
    }

    fn marks(state: &State, tally: &Tally) -> Marks {
        let twice = tally.has_effect_twice(&["stock.released", "stock.dispatched"])
            || tally.has_effect_twice(&["stock.reserved", "stock.rejected", "stock.voided"]);
        let any = |is: fn(&Reservation) -> bool| state.reservations.values().any(is);
        let released = any(|r| matches!(r, Reservation::Released { .. }));
        let dispatched = any(|r| matches!(r, Reservation::Dispatched { .. }));
        let tombstone = any(|r| matches!(r, Reservation::Voided));
        let astray = state
            .skus
            .iter()
            .any(|(sku, stock)| is_astray(state, sku, stock));
        let negative = |stock: &Stock| stock.on_hand.min(stock.reserved).min(stock.shipped) < 0;
        [
            Marks::EFFECT_TWICE.when(twice),
            Marks::STOCK_ASTRAY.when(astray),
            Marks::NEGATIVE.when(state.skus.values().any(negative)),
            Marks::STOCK_RELEASED.when(released),
            Marks::STOCK_TOMBSTONE.when(tombstone),
            Marks::STOCK_PASSED_ON.when(released && dispatched),
        ]
        .into_iter()
        .chain(state.reservations.iter().map(|(order, reservation)| {
            let is = matches!(reservation, Reservation::Dispatched { .. });
            Marks::dispatched(order.0).when(is)
        }))
        .collect()
    }

    fn is_undone(state: &State, order: Uuid) -> bool {
        matches!(
            state.reservations.get(&OrderId(order)),
            Some(Reservation::Released { .. } | Reservation::Voided)
        )
    }

    fn picture(state: &State) -> String {
        let stock = state.skus.iter().map(|(sku, stock)| {
            let Stock {
                on_hand,
                reserved,
                shipped,
                ..
            } = stock;
            format!("{sku} {on_hand} on hand, {reserved} reserved, {shipped} shipped")
        });
        let reservations = state
            .reservations
            .iter()
            .map(|(order, r)| (order.0, r.label()));
        let mut words: Vec<_> = stock.collect();
        words.push(list(reservations));
        words.retain(|word| !word.is_empty());
        words.join("; ")
    }
}

/// What came in is on hand, reserved or shipped; and what is reserved or shipped is so
/// for the orders that say it.
fn is_astray(state: &State, sku: &Sku, stock: &Stock) -> bool {
    let received: i64 = state
        .receipts
        .values()
        .filter(|receipt| receipt.sku == *sku)
        .map(|receipt| receipt.quantity)
        .sum();
    let taken = |is: fn(&Reservation) -> bool| -> i64 {
        (state.reservations.values())
            .filter(|reservation| is(reservation))
            .flat_map(Reservation::picks)
            .filter(|pick| pick.sku == *sku)
            .map(|pick| pick.quantity)
            .sum()
    };
    stock.on_hand + stock.reserved + stock.shipped != received
        || stock.reserved != taken(|r| matches!(r, Reservation::Reserved { .. }))
        || stock.shipped != taken(|r| matches!(r, Reservation::Dispatched { .. }))
}
