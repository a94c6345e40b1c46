//! The rules of inventory.

use crate::{
    command::{Command, Rejection},
    event::Event,
    state::{Pick, Receipt, Reservation, State, picks_of},
};
use decider::Decider;
use orders_contract::{OrderFacts, OrderId, Reason, Sku};
use uuid::Uuid;

/// Of one SKU, in all its life. Sums of it stay far within 64 bits.
pub const STOCK_MAX: i64 = 1_000_000_000_000;

pub struct Inventory;

impl Decider for Inventory {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::SetPrice {
                sku,
                unit_price_minor,
            } => Ok(set_price(state, sku, *unit_price_minor)),
            Command::Receive {
                receipt_id,
                sku,
                quantity,
            } => receive(state, *receipt_id, sku, *quantity),
            Command::Reserve(facts) => Ok(reserve(state, facts)),
            Command::Release { order_id } => release(state, *order_id),
            Command::Dispatch { order_id } => dispatch(state, *order_id),
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::Priced {
                sku,
                unit_price_minor,
                version,
            } => {
                let stock = state.skus.entry(sku.clone()).or_default();
                stock.unit_price_minor = *unit_price_minor;
                stock.price_version = *version;
            }
            Event::Received {
                receipt_id,
                sku,
                quantity,
            } => {
                state.skus.entry(sku.clone()).or_default().on_hand += quantity;
                let receipt = Receipt {
                    sku: sku.clone(),
                    quantity: *quantity,
                };
                state.receipts.insert(*receipt_id, receipt);
            }
            Event::Reserved { facts, picks } => {
                for Pick { sku, quantity } in picks {
                    let stock = state.skus.entry(sku.clone()).or_default();
                    stock.on_hand -= quantity;
                    stock.reserved += quantity;
                }
                let picks = picks.clone();
                (state.reservations).insert(facts.order_id, Reservation::Reserved { picks });
            }
            Event::Refused { order_id, .. } => {
                state.reservations.insert(*order_id, Reservation::Refused);
            }
            Event::Released { order_id, picks } => {
                for Pick { sku, quantity } in picks {
                    let stock = state.skus.entry(sku.clone()).or_default();
                    stock.reserved -= quantity;
                    stock.on_hand += quantity;
                }
                let picks = picks.clone();
                (state.reservations).insert(*order_id, Reservation::Released { picks });
            }
            Event::Voided { order_id } => {
                state.reservations.insert(*order_id, Reservation::Voided);
            }
            Event::ReleasedAlready { .. } => {}
            Event::Dispatched { order_id, picks } => {
                for Pick { sku, quantity } in picks {
                    let stock = state.skus.entry(sku.clone()).or_default();
                    stock.reserved -= quantity;
                    stock.shipped += quantity;
                }
                let picks = picks.clone();
                (state.reservations).insert(*order_id, Reservation::Dispatched { picks });
            }
        }
        state
    }
}

fn set_price(state: &State, sku: &Sku, unit_price_minor: i64) -> Vec<Event> {
    let known = state.skus.get(sku);
    if known.is_some_and(|stock| stock.unit_price_minor == unit_price_minor) {
        return vec![];
    }
    vec![Event::Priced {
        sku: sku.clone(),
        unit_price_minor,
        version: known.map_or(1, |stock| stock.price_version + 1),
    }]
}

fn receive(
    state: &State,
    receipt_id: Uuid,
    sku: &Sku,
    quantity: i64,
) -> Result<Vec<Event>, Rejection> {
    if let Some(receipt) = state.receipts.get(&receipt_id) {
        return if receipt.sku == *sku && receipt.quantity == quantity {
            Ok(vec![])
        } else {
            Err(Rejection::KeyReused)
        };
    }
    let stock = state
        .skus
        .get(sku)
        .ok_or_else(|| Rejection::UnknownSku(sku.clone()))?;
    let so_far = stock.on_hand + stock.reserved + stock.shipped;
    if so_far.saturating_add(quantity) > STOCK_MAX {
        return Err(Rejection::TooMuch);
    }
    Ok(vec![Event::Received {
        receipt_id,
        sku: sku.clone(),
        quantity,
    }])
}

fn reserve(state: &State, facts: &OrderFacts) -> Vec<Event> {
    match state.reservations.get(&facts.order_id) {
        None => {
            let picks = picks_of(&facts.lines);
            let on_hand = |sku| state.skus.get(sku).map_or(0, |stock| stock.on_hand);
            if picks.iter().all(|pick| pick.quantity <= on_hand(&pick.sku)) {
                vec![Event::Reserved {
                    facts: facts.clone(),
                    picks,
                }]
            } else {
                vec![Event::Refused {
                    order_id: facts.order_id,
                    reason: Reason::OutOfStock,
                }]
            }
        }
        // A duplicate, or too late: the tombstone stands.
        Some(
            Reservation::Reserved { .. }
            | Reservation::Released { .. }
            | Reservation::Dispatched { .. }
            | Reservation::Refused
            | Reservation::Voided,
        ) => vec![],
    }
}

fn release(state: &State, order_id: OrderId) -> Result<Vec<Event>, Rejection> {
    match state.reservations.get(&order_id) {
        None => Ok(vec![Event::Voided { order_id }]),
        Some(Reservation::Reserved { picks }) => Ok(vec![Event::Released {
            order_id,
            picks: picks.clone(),
        }]),
        Some(Reservation::Released { .. } | Reservation::Refused | Reservation::Voided) => {
            Ok(vec![Event::ReleasedAlready { order_id }])
        }
        Some(Reservation::Dispatched { .. }) => Err(Rejection::AlreadyDispatched { order_id }),
    }
}

fn dispatch(state: &State, order_id: OrderId) -> Result<Vec<Event>, Rejection> {
    let found = match state.reservations.get(&order_id) {
        Some(Reservation::Reserved { picks }) => {
            return Ok(vec![Event::Dispatched {
                order_id,
                picks: picks.clone(),
            }]);
        }
        Some(Reservation::Dispatched { .. }) => return Ok(vec![]),
        Some(
            other @ (Reservation::Released { .. } | Reservation::Refused | Reservation::Voided),
        ) => other.label(),
        None => "not there",
    };
    Err(Rejection::NothingToDispatch { order_id, found })
}
