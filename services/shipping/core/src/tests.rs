mod wire;
mod words;

use crate::{Command, Event, Shipping, State};
use decider::scenario::Scenario;
use orders_contract::{Country, CustomerId, OrderFacts, OrderId, Postcode, Reason, ShipTo};
use uuid::Uuid;

const ORDER: OrderId = OrderId(Uuid::from_u128(1));

fn country(code: &str) -> Country {
    Country::try_from(code.to_owned()).unwrap()
}

fn ship_to(code: &str) -> ShipTo {
    ShipTo {
        country: country(code),
        postcode: Postcode::try_from("0150".to_owned()).unwrap(),
    }
}

fn arrange(code: &str) -> Command {
    Command::Arrange(OrderFacts {
        order_id: ORDER,
        customer: CustomerId::try_from("ada".to_owned()).unwrap(),
        lines: vec![],
        total_minor: 100,
        ship_to: ship_to(code),
    })
}

fn void() -> Command {
    Command::Void {
        order_id: ORDER,
        reason: Reason::Customer,
    }
}

fn arranged() -> Event {
    Event::Arranged {
        order_id: ORDER,
        ship_to: ship_to("NO"),
    }
}

fn voided() -> Event {
    Event::Voided {
        order_id: ORDER,
        reason: Reason::Customer,
    }
}

fn world() -> Scenario<Shipping> {
    Scenario::from_state(State {
        service_areas: [country("NO")].into(),
        ..State::default()
    })
}

#[test]
fn a_shipment_to_a_served_country_is_arranged_once() {
    world()
        .when(arrange("NO"))
        .then([arranged()])
        .when(arrange("NO"))
        .then_nothing();
}

#[test]
fn a_shipment_to_elsewhere_is_refused() {
    world().when(arrange("AQ")).then([Event::Refused {
        order_id: ORDER,
        ship_to: ship_to("AQ"),
        reason: Reason::NotServiceable,
    }]);
}

#[test]
fn a_cancel_that_comes_first_leaves_a_tombstone() {
    world()
        .when(void())
        .then([voided()])
        .when(arrange("NO"))
        .then_nothing()
        .when(void())
        .then([voided()]);
}

#[test]
fn a_cancel_past_the_pivot_is_answered_with_what_happened() {
    world()
        .and([arranged()])
        .when(void())
        .then([arranged()])
        .when(arrange("NO"))
        .then_nothing();
}

#[test]
fn a_cancel_after_a_refusal_is_answered_with_the_refusal() {
    let refused = || Event::Refused {
        order_id: ORDER,
        ship_to: ship_to("AQ"),
        reason: Reason::NotServiceable,
    };
    world().and([refused()]).when(void()).then([refused()]);
}
