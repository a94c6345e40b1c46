mod compensation;
mod wire;
mod words;

use crate::{Ask, Command, Event, Inbound, Orchestrator, Outbound, Phase, Verdict};
use decider::{Coordination, Participant, scenario::Scenario};
use inventory_contract::{InventoryCommand, StockEvent};
use orders_contract::{
    Country, CustomerId, OrderEvent, OrderFacts, OrderId, Postcode, Reason, ShipTo, Status,
};
use payments_contract::{PaymentEvent, PaymentsCommand};
use shipping_contract::{ShipmentEvent, ShippingCommand};
use uuid::Uuid;

const ORDER: OrderId = OrderId(Uuid::from_u128(1));
const COORDINATION: Coordination = Coordination::Orchestration;

fn facts() -> OrderFacts {
    OrderFacts {
        order_id: ORDER,
        customer: CustomerId::try_from("ada".to_owned()).unwrap(),
        lines: vec![],
        total_minor: 120,
        ship_to: ShipTo {
            country: Country::try_from("NO".to_owned()).unwrap(),
            postcode: Postcode::try_from("0150".to_owned()).unwrap(),
        },
    }
}

fn placed() -> Inbound {
    Inbound::Order(OrderEvent::Placed {
        facts: facts(),
        version: 1,
        coordination: COORDINATION,
        placed_at_ms: 0,
    })
}

fn cancel(attempt: i32) -> Inbound {
    Inbound::Order(OrderEvent::CancelRequested {
        order_id: ORDER,
        reason: Reason::Customer,
        attempt,
        version: 2,
        coordination: COORDINATION,
    })
}

fn confirmed() -> Inbound {
    Inbound::Order(OrderEvent::Confirmed {
        order_id: ORDER,
        version: 2,
        coordination: COORDINATION,
    })
}

fn reserved() -> Inbound {
    Inbound::Stock(StockEvent::Reserved { facts: facts() })
}

fn held() -> Inbound {
    Inbound::Payment(PaymentEvent::Held { facts: facts() })
}

fn arranged() -> Inbound {
    Inbound::Shipment(ShipmentEvent::Arranged { order_id: ORDER })
}

fn voided() -> Inbound {
    Inbound::Shipment(ShipmentEvent::Voided {
        order_id: ORDER,
        reason: Reason::Customer,
    })
}

fn captured() -> Inbound {
    Inbound::Payment(PaymentEvent::Captured { order_id: ORDER })
}

fn dispatched() -> Inbound {
    Inbound::Stock(StockEvent::Dispatched { order_id: ORDER })
}

fn stock_released() -> Inbound {
    Inbound::Stock(StockEvent::Released { order_id: ORDER })
}

fn payment_released() -> Inbound {
    Inbound::Payment(PaymentEvent::Released { order_id: ORDER })
}

/// A saga that has heard all this without complaint, and what it commanded.
fn hears(heard: impl IntoIterator<Item = Inbound>) -> (Scenario<Orchestrator>, Vec<Outbound>) {
    let mut scenario = Scenario::given([]);
    let mut commanded = vec![];
    for message in heard {
        let outcome = scenario.when(Command(message));
        let events = outcome.result.expect("heard without complaint");
        commanded.extend(events.iter().flat_map(Orchestrator::messages_of));
        scenario = Scenario::from_state(outcome.state);
    }
    (scenario, commanded)
}

fn phase_after(heard: impl IntoIterator<Item = Inbound>) -> Phase {
    let (scenario, _) = hears(heard);
    // A duplicate of the placement changes nothing and shows the state.
    let outcome = scenario.when(Command(placed()));
    outcome.state.sagas[&ORDER].phase.clone()
}

#[test]
fn the_happy_path_commands_each_step_once() {
    let (_, commanded) = hears([
        placed(),
        reserved(),
        held(),
        arranged(),
        captured(),
        dispatched(),
        confirmed(),
    ]);
    let kinds: Vec<_> = commanded.iter().map(decider::Outgoing::kind).collect();
    assert_eq!(
        kinds,
        [
            "inventory.reserve",
            "payments.hold",
            "shipping.arrange",
            "payments.capture",
            "inventory.dispatch",
            "orders.confirm"
        ]
    );
}

#[test]
fn every_observation_heard_twice_changes_nothing_more() {
    let path = [
        placed(),
        reserved(),
        held(),
        arranged(),
        captured(),
        dispatched(),
        confirmed(),
    ];
    let twice = path.iter().flat_map(|m| [m.clone(), m.clone()]);
    assert_eq!(hears(twice).1, hears(path.clone()).1);
}

#[test]
fn a_refusal_of_stock_undoes_nothing() {
    let rejected = Inbound::Stock(StockEvent::Rejected {
        order_id: ORDER,
        reason: Reason::OutOfStock,
    });
    let verdict = Verdict::Reject(Reason::OutOfStock);
    assert_eq!(
        phase_after([placed(), rejected]),
        Phase::Closing { verdict }
    );
}

#[test]
fn a_refusal_of_payment_releases_the_stock_before_the_order_is_rejected() {
    let rejected = Inbound::Payment(PaymentEvent::Rejected {
        order_id: ORDER,
        reason: Reason::InsufficientFunds,
    });
    let (scenario, commanded) = hears([placed(), reserved(), rejected]);
    assert_eq!(
        commanded.last(),
        Some(&Outbound::Inventory(InventoryCommand::Release {
            order_id: ORDER
        }))
    );
    scenario.when(Command(stock_released())).then([
        Event::StockReleased { order_id: ORDER },
        Event::Undone {
            order_id: ORDER,
            verdict: Verdict::Reject(Reason::InsufficientFunds),
        },
    ]);
}

#[test]
fn a_cancel_is_put_to_the_owner_of_the_pivot_and_both_are_released_when_it_wins() {
    let (_, commanded) = hears([placed(), reserved(), cancel(1), voided()]);
    assert_eq!(
        commanded[2..],
        [
            Outbound::Shipping(ShippingCommand::Void {
                order_id: ORDER,
                reason: Reason::Customer
            }),
            Outbound::Inventory(InventoryCommand::Release { order_id: ORDER }),
            Outbound::Payments(PaymentsCommand::Release { order_id: ORDER }),
        ]
    );
    let verdict = Verdict::Cancel(Reason::Customer);
    let heard = [
        placed(),
        reserved(),
        cancel(1),
        voided(),
        held(),
        payment_released(),
        stock_released(),
    ];
    assert_eq!(phase_after(heard), Phase::Closing { verdict });
}

#[test]
fn a_cancel_heard_before_the_order_dooms_it() {
    let (_, commanded) = hears([cancel(1), placed(), voided()]);
    assert!(
        !commanded
            .iter()
            .any(|c| matches!(c, Outbound::Inventory(InventoryCommand::Reserve { .. })))
    );
}

#[test]
fn a_cancel_that_loses_changes_nothing() {
    let heard = [placed(), reserved(), held(), cancel(1), arranged()];
    assert_eq!(
        phase_after(heard),
        Phase::Completing {
            captured: false,
            dispatched: false
        }
    );
}

#[test]
fn a_deadline_past_the_pivot_asks_again_what_is_unanswered() {
    let (scenario, _) = hears([placed(), reserved(), held(), arranged(), captured()]);
    scenario.when(Command(cancel(2))).then([Event::AskedAgain {
        order_id: ORDER,
        asks: vec![Ask::DispatchStock],
    }]);
}

#[test]
fn two_answers_of_the_owner_of_the_pivot_are_a_contradiction() {
    let (scenario, _) = hears([placed(), reserved(), held(), arranged()]);
    let outcome = scenario.when(Command(voided()));
    assert_eq!(outcome.result.unwrap_err().heard, "shipment.voided");
}

#[test]
fn a_closed_saga_stays_closed() {
    let heard = [
        placed(),
        reserved(),
        held(),
        arranged(),
        captured(),
        dispatched(),
        confirmed(),
        cancel(3),
        arranged(),
    ];
    let status = Status::Confirmed;
    assert_eq!(phase_after(heard), Phase::Done { status });
}
