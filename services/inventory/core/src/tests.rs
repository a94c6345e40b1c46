mod wire;
mod words;

use crate::{Command, Event, Inventory, Pick, Rejection, State, Stock, inventory::STOCK_MAX};
use decider::{Decider, scenario::Scenario};
use orders_contract::{
    Country, CustomerId, Line, OrderFacts, OrderId, Postcode, Reason, ShipTo, Sku,
};
use proptest::prelude::*;
use uuid::Uuid;

const ORDER: OrderId = OrderId(Uuid::from_u128(1));

fn sku(name: &str) -> Sku {
    Sku::try_from(name.to_owned()).unwrap()
}

fn facts(order_id: OrderId, lines: &[(&str, i64)]) -> OrderFacts {
    OrderFacts {
        order_id,
        customer: CustomerId::try_from("ada".to_owned()).unwrap(),
        lines: lines
            .iter()
            .map(|(name, quantity)| Line {
                sku: sku(name),
                quantity: *quantity,
                unit_price_minor: 10,
            })
            .collect(),
        total_minor: 0,
        ship_to: ShipTo {
            country: Country::try_from("NO".to_owned()).unwrap(),
            postcode: Postcode::try_from("0150".to_owned()).unwrap(),
        },
    }
}

fn world(stock: &[(&str, i64)]) -> Scenario<Inventory> {
    let on_hand = |n: i64| Stock {
        unit_price_minor: 10,
        price_version: 1,
        on_hand: n,
        ..Stock::default()
    };
    Scenario::from_state(State {
        skus: stock.iter().map(|(s, n)| (sku(s), on_hand(*n))).collect(),
        ..State::default()
    })
}

fn pick(name: &str, quantity: i64) -> Pick {
    Pick {
        sku: sku(name),
        quantity,
    }
}

#[test]
fn all_lines_are_reserved_or_none() {
    world(&[("tea", 5), ("cup", 1)])
        .when(Command::Reserve(facts(ORDER, &[("tea", 2), ("cup", 2)])))
        .then([Event::Refused {
            order_id: ORDER,
            reason: Reason::OutOfStock,
        }]);
}

#[test]
fn two_lines_of_one_sku_are_counted_together() {
    world(&[("tea", 3)])
        .when(Command::Reserve(facts(ORDER, &[("tea", 2), ("tea", 2)])))
        .then([Event::Refused {
            order_id: ORDER,
            reason: Reason::OutOfStock,
        }]);
}

#[test]
fn a_reservation_repeated_takes_nothing_more() {
    let reserve = Command::Reserve(facts(ORDER, &[("tea", 2)]));
    world(&[("tea", 3)])
        .when(reserve.clone())
        .then([Event::Reserved {
            facts: facts(ORDER, &[("tea", 2)]),
            picks: vec![pick("tea", 2)],
        }])
        .when(reserve)
        .then_nothing();
}

#[test]
fn a_release_that_comes_first_leaves_a_tombstone() {
    world(&[("tea", 3)])
        .when(Command::Release { order_id: ORDER })
        .then([Event::Voided { order_id: ORDER }])
        .when(Command::Reserve(facts(ORDER, &[("tea", 2)])))
        .then_nothing()
        .when(Command::Release { order_id: ORDER })
        .then([Event::ReleasedAlready { order_id: ORDER }]);
}

#[test]
fn what_is_dispatched_cannot_be_released_nor_what_is_released_dispatched() {
    let reserved = Event::Reserved {
        facts: facts(ORDER, &[("tea", 2)]),
        picks: vec![pick("tea", 2)],
    };
    world(&[("tea", 3)])
        .and([reserved.clone()])
        .when(Command::Dispatch { order_id: ORDER })
        .then([Event::Dispatched {
            order_id: ORDER,
            picks: vec![pick("tea", 2)],
        }])
        .when(Command::Release { order_id: ORDER })
        .then_refused(Rejection::AlreadyDispatched { order_id: ORDER });
    world(&[("tea", 3)])
        .and([reserved])
        .when(Command::Release { order_id: ORDER })
        .then([Event::Released {
            order_id: ORDER,
            picks: vec![pick("tea", 2)],
        }])
        .when(Command::Dispatch { order_id: ORDER })
        .then_refused(Rejection::NothingToDispatch {
            order_id: ORDER,
            found: "released",
        });
}

#[test]
fn a_receipt_counts_once_and_its_key_serves_no_other() {
    let receive = |quantity| Command::Receive {
        receipt_id: Uuid::from_u128(9),
        sku: sku("tea"),
        quantity,
    };
    world(&[("tea", 0)])
        .when(receive(5))
        .then([Event::Received {
            receipt_id: Uuid::from_u128(9),
            sku: sku("tea"),
            quantity: 5,
        }])
        .when(receive(5))
        .then_nothing()
        .when(receive(6))
        .then_refused(Rejection::KeyReused);
    world(&[])
        .when(receive(5))
        .then_refused(Rejection::UnknownSku(sku("tea")));
}

#[test]
fn a_sku_is_stocked_to_its_limit_and_not_beyond_wherever_its_units_are() {
    let stock = Stock {
        on_hand: 110,
        reserved: 100,
        shipped: 90,
        ..Stock::default()
    };
    let stocked = || {
        Scenario::<Inventory>::from_state(State {
            skus: [(sku("tea"), stock.clone())].into(),
            ..State::default()
        })
    };
    let receive = |quantity| Command::Receive {
        receipt_id: Uuid::from_u128(9),
        sku: sku("tea"),
        quantity,
    };
    stocked()
        .when(receive(STOCK_MAX - 299))
        .then_refused(Rejection::TooMuch);
    let filled = stocked().when(receive(STOCK_MAX - 300));
    assert_eq!(filled.state.skus[&sku("tea")].on_hand, STOCK_MAX - 190);
}

#[test]
fn a_price_has_a_version_that_grows_with_each_change() {
    let price = |unit_price_minor| Command::SetPrice {
        sku: sku("tea"),
        unit_price_minor,
    };
    let priced = |unit_price_minor, version| Event::Priced {
        sku: sku("tea"),
        unit_price_minor,
        version,
    };
    world(&[])
        .when(price(10))
        .then([priced(10, 1)])
        .when(price(10))
        .then_nothing()
        .when(price(12))
        .then([priced(12, 2)]);
}

fn any_command() -> impl Strategy<Value = Command> {
    let order = (1u128..5).prop_map(|n| OrderId(Uuid::from_u128(n)));
    let names = prop::sample::select(vec!["tea", "cup"]);
    let lines = prop::collection::vec((names, 1i64..4), 1..3);
    prop_oneof![
        (order.clone(), lines).prop_map(|(id, lines)| Command::Reserve(facts(id, &lines))),
        order
            .clone()
            .prop_map(|order_id| Command::Release { order_id }),
        order.prop_map(|order_id| Command::Dispatch { order_id }),
    ]
}

proptest! {
    #[test]
    fn stock_is_conserved_and_never_negative_whatever_is_asked(
        commands in prop::collection::vec(any_command(), 1..60)
    ) {
        let mut state = world(&[("tea", 6), ("cup", 3)]).when(
            Command::SetPrice { sku: sku("tea"), unit_price_minor: 10 }
        ).state;
        for command in commands {
            for event in Inventory::decide(&state, &command).into_iter().flatten() {
                state = Inventory::evolve(state, &event);
            }
            for (name, initial) in [("tea", 6), ("cup", 3)] {
                let stock = &state.skus[&sku(name)];
                prop_assert!(stock.on_hand >= 0 && stock.reserved >= 0 && stock.shipped >= 0);
                prop_assert_eq!(stock.on_hand + stock.reserved + stock.shipped, initial);
            }
        }
    }
}
