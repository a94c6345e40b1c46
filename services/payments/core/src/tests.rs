mod wire;
mod words;

use crate::{
    Account, Command, Event, Payments, Rejection, ledger, payments::BALANCE_MINOR_MAX,
    state::Charge,
};
use decider::{Decider, scenario::Scenario};
use orders_contract::{Country, CustomerId, OrderFacts, OrderId, Postcode, Reason, ShipTo};
use proptest::prelude::*;
use uuid::Uuid;

const ORDER: OrderId = OrderId(Uuid::from_u128(1));

fn ada() -> CustomerId {
    CustomerId::try_from("ada".to_owned()).unwrap()
}

fn facts(order_id: OrderId, total_minor: i64) -> OrderFacts {
    OrderFacts {
        order_id,
        customer: ada(),
        lines: vec![],
        total_minor,
        ship_to: ShipTo {
            country: Country::try_from("NO".to_owned()).unwrap(),
            postcode: Postcode::try_from("0150".to_owned()).unwrap(),
        },
    }
}

fn deposit(amount_minor: i64) -> Command {
    Command::Deposit {
        deposit_id: Uuid::from_u128(9),
        customer: ada(),
        amount_minor,
    }
}

fn funded(amount_minor: i64) -> Scenario<Payments> {
    Scenario::given([Event::Deposited {
        deposit_id: Uuid::from_u128(9),
        customer: ada(),
        amount_minor,
    }])
}

fn charge(amount_minor: i64) -> Charge {
    Charge {
        customer: ada(),
        amount_minor,
    }
}

fn refused(reason: Reason) -> Event {
    Event::Refused {
        order_id: ORDER,
        charge: charge(60),
        reason,
    }
}

#[test]
fn what_is_held_is_captured_once() {
    let captured = Event::Captured {
        order_id: ORDER,
        charge: charge(60),
    };
    let after = funded(100)
        .when(Command::Hold(facts(ORDER, 60)))
        .then([Event::Held {
            facts: facts(ORDER, 60),
        }])
        .when(Command::Hold(facts(ORDER, 60)))
        .then_nothing()
        .when(Command::Capture { order_id: ORDER })
        .then([captured])
        .when(Command::Capture { order_id: ORDER });
    assert_eq!(
        after.state.accounts[&ada()],
        Account {
            available_minor: 40,
            captured_minor: 60,
            ..Account::default()
        }
    );
    after
        .then_nothing()
        .when(Command::Release { order_id: ORDER })
        .then_refused(Rejection::AlreadyCaptured { order_id: ORDER });
}

#[test]
fn a_hold_beyond_the_balance_is_refused_and_stays_so() {
    funded(50)
        .when(Command::Hold(facts(ORDER, 60)))
        .then([refused(Reason::InsufficientFunds)])
        .when(Command::Release { order_id: ORDER })
        .then([Event::ReleasedAlready { order_id: ORDER }])
        .when(Command::Capture { order_id: ORDER })
        .then_refused(Rejection::NothingToCapture {
            order_id: ORDER,
            found: "refused",
        });
}

#[test]
fn a_blocked_account_pays_nothing() {
    funded(100)
        .when(Command::Block { customer: ada() })
        .then([Event::Blocked { customer: ada() }])
        .when(Command::Block { customer: ada() })
        .then_nothing()
        .when(Command::Hold(facts(ORDER, 60)))
        .then([refused(Reason::AccountBlocked)]);
}

#[test]
fn a_release_that_comes_first_leaves_a_tombstone() {
    funded(100)
        .when(Command::Release { order_id: ORDER })
        .then([Event::Voided { order_id: ORDER }])
        .when(Command::Hold(facts(ORDER, 60)))
        .then_nothing();
}

#[test]
fn a_deposit_counts_once_and_its_key_serves_no_other() {
    funded(100)
        .when(deposit(100))
        .then_nothing()
        .when(deposit(200))
        .then_refused(Rejection::KeyReused);
}

#[test]
fn an_account_is_filled_to_its_limit_and_not_beyond_whatever_became_of_the_money() {
    let held = |n, total_minor| Event::Held {
        facts: facts(OrderId(Uuid::from_u128(n)), total_minor),
    };
    let captured = Event::Captured {
        order_id: OrderId(Uuid::from_u128(2)),
        charge: charge(90),
    };
    let more = |amount_minor| Command::Deposit {
        deposit_id: Uuid::from_u128(10),
        customer: ada(),
        amount_minor,
    };
    let filled = || funded(300).and([held(1, 100), held(2, 90), captured.clone()]);
    filled()
        .when(more(BALANCE_MINOR_MAX - 299))
        .then_refused(Rejection::TooMuch);
    filled()
        .when(more(BALANCE_MINOR_MAX - 300))
        .then([Event::Deposited {
            deposit_id: Uuid::from_u128(10),
            customer: ada(),
            amount_minor: BALANCE_MINOR_MAX - 300,
        }]);
}

#[test]
fn only_an_account_that_is_there_can_be_blocked() {
    Scenario::<Payments>::given([])
        .when(Command::Block { customer: ada() })
        .then_refused(Rejection::UnknownAccount(ada()));
}

fn any_command() -> impl Strategy<Value = Command> {
    let order = (1u128..6).prop_map(|n| OrderId(Uuid::from_u128(n)));
    prop_oneof![
        (order.clone(), 1i64..60).prop_map(|(id, total)| Command::Hold(facts(id, total))),
        order
            .clone()
            .prop_map(|order_id| Command::Release { order_id }),
        order.prop_map(|order_id| Command::Capture { order_id }),
    ]
}

proptest! {
    #[test]
    fn money_is_conserved_whatever_is_asked(
        commands in prop::collection::vec(any_command(), 1..60)
    ) {
        let mut state = funded(100).when(deposit(100)).state;
        for command in commands {
            for event in Payments::decide(&state, &command).into_iter().flatten() {
                let sum: i64 = ledger::entries(&event).iter().map(|e| e.amount_minor).sum();
                prop_assert_eq!(sum, 0);
                state = Payments::evolve(state, &event);
            }
            let account = &state.accounts[&ada()];
            prop_assert!(account.available_minor >= 0 && account.held_minor >= 0);
            prop_assert_eq!(
                account.available_minor + account.held_minor + account.captured_minor
                    - account.refunded_minor,
                100
            );
        }
    }
}
