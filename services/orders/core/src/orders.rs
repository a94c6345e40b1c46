//! The rules of orders.

use crate::{
    command::{Command, Rejection},
    event::{Ending, Event},
    place::place,
    state::{Order, Price, State},
};
use decider::Decider;
use orders_contract::{OrderId, Reason, Status};

/// The first repetition of a deadline: long enough for any saga to answer it.
const DEADLINE_RETRY_MS: i64 = 10_000;
/// The longest pause between repetitions: a minute is what an operator's repair of a
/// dead participant may wait for its sagas to go on.
const DEADLINE_RETRY_MS_MAX: i64 = 60_000;

pub struct Orders;

impl Decider for Orders {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Rejection> {
        let find = |order_id: &OrderId| {
            state
                .orders
                .get(order_id)
                .ok_or(Rejection::UnknownOrder(*order_id))
        };
        match command {
            Command::Place(placement) => place(state, placement),
            Command::RequestCancel { order_id } => request_cancel(find(order_id)?),
            Command::DeadlineReached { order_id, now_ms } => {
                Ok(deadline_reached(find(order_id)?, *now_ms))
            }
            Command::LearnPrice {
                sku,
                unit_price_minor,
                version,
            } => Ok(match state.catalogue.get(sku) {
                Some(price) if price.version >= *version => vec![],
                Some(_) | None => vec![Event::PriceLearned {
                    sku: sku.clone(),
                    unit_price_minor: *unit_price_minor,
                    version: *version,
                }],
            }),
            Command::NotePivot { order_id } => note_pivot(find(order_id)?),
            Command::NoteCaptured { order_id, now_ms } => note(
                find(order_id)?,
                Event::CaptureNoted {
                    order_id: *order_id,
                },
                "payment.captured",
                *now_ms,
            ),
            Command::NoteDispatched { order_id, now_ms } => note(
                find(order_id)?,
                Event::DispatchNoted {
                    order_id: *order_id,
                },
                "stock.dispatched",
                *now_ms,
            ),
            Command::Confirm { order_id, now_ms } => confirm(find(order_id)?, *now_ms),
            Command::Reject {
                order_id,
                reason,
                now_ms,
            } => undo(find(order_id)?, "a refusal", |ending| Event::Rejected {
                reason: *reason,
                ending: ending(*now_ms),
            }),
            Command::Cancel {
                order_id,
                reason,
                now_ms,
            } => undo(find(order_id)?, "a cancel", |ending| Event::Cancelled {
                reason: *reason,
                ending: ending(*now_ms),
            }),
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::Placed {
                facts,
                fingerprint,
                coordination,
                placed_at_ms,
                deadline_at_ms,
            } => {
                let order = Order {
                    facts: facts.clone(),
                    fingerprint: *fingerprint,
                    coordination: *coordination,
                    status: Status::Placed,
                    reason: None,
                    version: 1,
                    pivot_passed: false,
                    captured: false,
                    dispatched: false,
                    cancel_attempts: 0,
                    deadline_at_ms: Some(*deadline_at_ms),
                    placed_at_ms: *placed_at_ms,
                    terminal_at_ms: None,
                };
                state.orders.insert(facts.order_id, order);
            }
            Event::PriceLearned {
                sku,
                unit_price_minor,
                version,
            } => {
                let price = Price {
                    unit_price_minor: *unit_price_minor,
                    version: *version,
                };
                state.catalogue.insert(sku.clone(), price);
            }
            Event::CancelRequested {
                order_id,
                attempt,
                version,
                deadline_at_ms,
                ..
            } => change(&mut state, order_id, |order| {
                order.cancel_attempts = *attempt;
                order.version = *version;
                order.deadline_at_ms = *deadline_at_ms;
            }),
            Event::PivotNoted { order_id } => {
                change(&mut state, order_id, |order| order.pivot_passed = true);
            }
            Event::CaptureNoted { order_id } => {
                change(&mut state, order_id, |order| order.captured = true);
            }
            Event::DispatchNoted { order_id } => {
                change(&mut state, order_id, |order| order.dispatched = true);
            }
            Event::Confirmed(ending) => end(&mut state, ending, Status::Confirmed, None),
            Event::Rejected { reason, ending } => {
                end(&mut state, ending, Status::Rejected, Some(*reason));
            }
            Event::Cancelled { reason, ending } => {
                end(&mut state, ending, Status::Cancelled, Some(*reason));
            }
        }
        state
    }
}

/// Asked once; whether it comes before the pivot is for shipping to say.
fn request_cancel(order: &Order) -> Result<Vec<Event>, Rejection> {
    match order.status {
        Status::Placed if order.pivot_passed => Err(Rejection::PastPivot(order.facts.order_id)),
        Status::Placed if order.cancel_attempts > 0 => Ok(vec![]),
        Status::Placed => Ok(vec![cancel_requested(
            order,
            Reason::Customer,
            order.deadline_at_ms,
        )]),
        Status::Confirmed => Err(Rejection::PastPivot(order.facts.order_id)),
        // What was wanted is already so.
        Status::Rejected | Status::Cancelled => Ok(vec![]),
    }
}

/// Before the pivot this undoes the saga; after it, shipping's answer (or the
/// orchestrator) drives it on. Asked again, ever more slowly, until the saga ends.
fn deadline_reached(order: &Order, now_ms: i64) -> Vec<Event> {
    match order.status {
        Status::Placed => {
            let doublings = order.cancel_attempts.clamp(0, 8) as u32;
            let pause_ms = (DEADLINE_RETRY_MS << doublings).min(DEADLINE_RETRY_MS_MAX);
            let due = order.deadline_at_ms.is_some_and(|at_ms| at_ms <= now_ms);
            if due {
                let next_ms = now_ms.saturating_add(pause_ms);
                vec![cancel_requested(order, Reason::Deadline, Some(next_ms))]
            } else {
                // Another instance was quicker.
                vec![]
            }
        }
        Status::Confirmed | Status::Rejected | Status::Cancelled => vec![],
    }
}

fn cancel_requested(order: &Order, reason: Reason, deadline_at_ms: Option<i64>) -> Event {
    Event::CancelRequested {
        order_id: order.facts.order_id,
        reason,
        attempt: order.cancel_attempts.saturating_add(1),
        version: order.version + 1,
        coordination: order.coordination,
        deadline_at_ms,
    }
}

fn note_pivot(order: &Order) -> Result<Vec<Event>, Rejection> {
    match order.status {
        Status::Placed if order.pivot_passed => Ok(vec![]),
        Status::Placed => Ok(vec![Event::PivotNoted {
            order_id: order.facts.order_id,
        }]),
        Status::Confirmed => Ok(vec![]),
        Status::Rejected | Status::Cancelled => Err(contradiction(order, "shipment.arranged")),
    }
}

/// One half of the join; the second half confirms.
fn note(
    order: &Order,
    noted: Event,
    heard: &'static str,
    now_ms: i64,
) -> Result<Vec<Event>, Rejection> {
    match order.status {
        Status::Placed => {
            let already = match noted {
                Event::CaptureNoted { .. } => order.captured,
                _ => order.dispatched,
            };
            if already {
                return Ok(vec![]);
            }
            let other_half = order.captured || order.dispatched;
            let mut events = vec![noted];
            if other_half {
                events.push(Event::Confirmed(ending(order, now_ms)));
            }
            Ok(events)
        }
        Status::Confirmed => Ok(vec![]),
        Status::Rejected | Status::Cancelled => Err(contradiction(order, heard)),
    }
}

fn confirm(order: &Order, now_ms: i64) -> Result<Vec<Event>, Rejection> {
    match order.status {
        Status::Placed => Ok(vec![Event::Confirmed(ending(order, now_ms))]),
        Status::Confirmed => Ok(vec![]),
        Status::Rejected | Status::Cancelled => Err(contradiction(order, "a confirmation")),
    }
}

/// Rejected or cancelled, whichever is heard first; the other then finds it done.
fn undo(
    order: &Order,
    heard: &'static str,
    event: impl FnOnce(&dyn Fn(i64) -> Ending) -> Event,
) -> Result<Vec<Event>, Rejection> {
    match order.status {
        Status::Placed if order.pivot_passed || order.captured || order.dispatched => {
            Err(contradiction(order, heard))
        }
        Status::Placed => Ok(vec![event(&|now_ms| ending(order, now_ms))]),
        Status::Rejected | Status::Cancelled => Ok(vec![]),
        Status::Confirmed => Err(contradiction(order, heard)),
    }
}

fn ending(order: &Order, at_ms: i64) -> Ending {
    Ending {
        order_id: order.facts.order_id,
        version: order.version + 1,
        coordination: order.coordination,
        at_ms,
    }
}

fn contradiction(order: &Order, heard: &'static str) -> Rejection {
    Rejection::Contradiction {
        order_id: order.facts.order_id,
        status: order.status,
        heard,
    }
}

fn change(state: &mut State, order_id: &OrderId, change: impl FnOnce(&mut Order)) {
    if let Some(order) = state.orders.get_mut(order_id) {
        change(order);
    }
}

fn end(state: &mut State, ending: &Ending, status: Status, reason: Option<Reason>) {
    change(state, &ending.order_id, |order| {
        order.status = status;
        order.reason = reason;
        order.version = ending.version;
        order.deadline_at_ms = None;
        order.terminal_at_ms = Some(ending.at_ms);
    });
}
