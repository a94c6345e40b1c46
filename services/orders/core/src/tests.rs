mod pivot;
mod wire;
mod words;

use crate::{Command, Event, Item, Orders, Placement, Price, Rejection, State, event::Ending};
use decider::{Coordination, scenario::Scenario};
use orders_contract::{
    Country, CustomerId, Line, OrderFacts, OrderId, Postcode, Reason, ShipTo, Sku, Status,
};
use uuid::Uuid;

const ORDER: OrderId = OrderId(Uuid::from_u128(1));
const NOW_MS: i64 = 1_000;
const DEADLINE_AT_MS: i64 = 31_000;

fn sku(name: &str) -> Sku {
    Sku::try_from(name.to_owned()).unwrap()
}

fn placement(fingerprint: u128) -> Placement {
    Placement {
        order_id: ORDER,
        fingerprint: Uuid::from_u128(fingerprint),
        customer: CustomerId::try_from("ada".to_owned()).unwrap(),
        items: vec![Item {
            sku: sku("tea"),
            quantity: 3,
        }],
        ship_to: ShipTo {
            country: Country::try_from("NO".to_owned()).unwrap(),
            postcode: Postcode::try_from("0150".to_owned()).unwrap(),
        },
        coordination: Coordination::Choreography,
        now_ms: NOW_MS,
        deadline_at_ms: DEADLINE_AT_MS,
    }
}

fn placed() -> Event {
    let placement = placement(1);
    Event::Placed {
        facts: OrderFacts {
            order_id: ORDER,
            customer: placement.customer,
            lines: vec![Line {
                sku: sku("tea"),
                quantity: 3,
                unit_price_minor: 40,
            }],
            total_minor: 120,
            ship_to: placement.ship_to,
        },
        fingerprint: placement.fingerprint,
        coordination: placement.coordination,
        placed_at_ms: NOW_MS,
        deadline_at_ms: DEADLINE_AT_MS,
    }
}

fn ending(version: i64) -> Ending {
    Ending {
        order_id: ORDER,
        version,
        coordination: Coordination::Choreography,
        at_ms: NOW_MS,
    }
}

fn cancel_requested(reason: Reason, attempt: i32, version: i64, deadline_at_ms: i64) -> Event {
    Event::CancelRequested {
        order_id: ORDER,
        reason,
        attempt,
        version,
        coordination: Coordination::Choreography,
        deadline_at_ms: Some(deadline_at_ms),
    }
}

fn world() -> Scenario<Orders> {
    let price = Price {
        unit_price_minor: 40,
        version: 1,
    };
    Scenario::from_state(State {
        catalogue: [(sku("tea"), price)].into(),
        ..State::default()
    })
}

fn captured() -> Command {
    Command::NoteCaptured {
        order_id: ORDER,
        now_ms: NOW_MS,
    }
}

fn dispatched() -> Command {
    Command::NoteDispatched {
        order_id: ORDER,
        now_ms: NOW_MS,
    }
}

fn reject() -> Command {
    Command::Reject {
        order_id: ORDER,
        reason: Reason::OutOfStock,
        now_ms: NOW_MS,
    }
}

fn cancel() -> Command {
    Command::Cancel {
        order_id: ORDER,
        reason: Reason::Customer,
        now_ms: NOW_MS,
    }
}

#[test]
fn the_same_key_with_the_same_request_is_the_same_order() {
    world()
        .when(Command::Place(placement(1)))
        .then([placed()])
        .when(Command::Place(placement(1)))
        .then_nothing()
        .when(Command::Place(placement(2)))
        .then_refused(Rejection::KeyReused);
}

#[test]
fn an_unknown_sku_is_refused_at_the_door() {
    Scenario::<Orders>::given([])
        .when(Command::Place(placement(1)))
        .then_refused(Rejection::UnknownSku(sku("tea")));
}

#[test]
fn an_old_price_does_not_replace_a_newer_one() {
    let learn = |unit_price_minor, version| Command::LearnPrice {
        sku: sku("tea"),
        unit_price_minor,
        version,
    };
    let learned = |unit_price_minor, version| Event::PriceLearned {
        sku: sku("tea"),
        unit_price_minor,
        version,
    };
    world()
        .when(learn(50, 3))
        .then([learned(50, 3)])
        .when(learn(45, 2))
        .then_nothing()
        .when(learn(50, 3))
        .then_nothing();
}

#[test]
fn an_order_is_confirmed_when_it_is_captured_and_dispatched_in_either_order() {
    for (first, second) in [(captured(), dispatched()), (dispatched(), captured())] {
        let half = world().and([placed()]).when(first.clone());
        assert_eq!(half.state.orders[&ORDER].status, Status::Placed);
        let whole = Scenario::<Orders>::from_state(half.state).when(second);
        assert_eq!(whole.result.unwrap()[1], Event::Confirmed(ending(2)));
        assert_eq!(whole.state.orders[&ORDER].deadline_at_ms, None);
        Scenario::<Orders>::from_state(whole.state)
            .when(first)
            .then_nothing();
    }
}

#[test]
fn one_half_heard_twice_does_not_confirm() {
    world()
        .and([placed()])
        .when(captured())
        .then([Event::CaptureNoted { order_id: ORDER }])
        .when(captured())
        .then_nothing();
}

#[test]
fn a_customer_cancels_once_and_not_past_the_pivot() {
    let request = Command::RequestCancel { order_id: ORDER };
    world()
        .and([placed()])
        .when(request.clone())
        .then([cancel_requested(Reason::Customer, 1, 2, DEADLINE_AT_MS)])
        .when(request.clone())
        .then_nothing();
    world()
        .and([placed()])
        .when(Command::NotePivot { order_id: ORDER })
        .then([Event::PivotNoted { order_id: ORDER }])
        .when(request.clone())
        .then_refused(Rejection::PastPivot(ORDER));
    world()
        .when(request)
        .then_refused(Rejection::UnknownOrder(ORDER));
}

#[test]
fn a_deadline_asks_again_ever_more_slowly_until_the_order_ends() {
    let reached = |now_ms| Command::DeadlineReached {
        order_id: ORDER,
        now_ms,
    };
    world()
        .and([placed()])
        .when(reached(DEADLINE_AT_MS - 1))
        .then_nothing()
        .when(reached(31_000))
        .then([cancel_requested(Reason::Deadline, 1, 2, 41_000)])
        .when(reached(31_000))
        .then_nothing()
        .when(reached(41_000))
        .then([cancel_requested(Reason::Deadline, 2, 3, 61_000)])
        .and([Event::Confirmed(ending(4))])
        .when(reached(99_000))
        .then_nothing();
}

#[test]
fn a_refusal_and_a_cancel_that_meet_end_the_order_once() {
    world()
        .and([placed()])
        .when(reject())
        .then([Event::Rejected {
            reason: Reason::OutOfStock,
            ending: ending(2),
        }])
        .when(cancel())
        .then_nothing();
    world()
        .and([placed()])
        .when(cancel())
        .then([Event::Cancelled {
            reason: Reason::Customer,
            ending: ending(2),
        }])
        .when(reject())
        .then_nothing();
}

#[test]
fn what_cannot_be_is_said_not_swallowed() {
    let contradiction = |status, heard| Rejection::Contradiction {
        order_id: ORDER,
        status,
        heard,
    };
    world()
        .and([placed(), Event::Confirmed(ending(2))])
        .when(cancel())
        .then_refused(contradiction(Status::Confirmed, "a cancel"));
    world()
        .and([placed(), Event::PivotNoted { order_id: ORDER }])
        .when(reject())
        .then_refused(contradiction(Status::Placed, "a refusal"));
    let cancelled = Event::Cancelled {
        reason: Reason::Customer,
        ending: ending(2),
    };
    world()
        .and([placed(), cancelled])
        .when(captured())
        .then_refused(contradiction(Status::Cancelled, "payment.captured"));
}
