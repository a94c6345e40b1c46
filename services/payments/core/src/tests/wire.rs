//! What payments makes of a message, and what it says of an event.

use super::*;
use crate::Inbound;
use decider::{Incoming, Outgoing, ParseError, Participant};
use inventory_contract::StockEvent;
use payments_contract::{PaymentEvent, PaymentsCommand};
use shipping_contract::ShipmentEvent;

const NOW_MS: i64 = 1_000;
const REASON: Reason = Reason::Customer;

/// A message as it comes over the wire.
fn heard(message: &dyn Outgoing) -> Inbound {
    let heard = Inbound::parse(message.kind(), message.version(), &message.encode()).unwrap();
    assert_eq!(heard.correlation_id(), Some(ORDER.0), "{heard:?}");
    heard
}

#[test]
fn an_event_asks_in_choreography_what_the_command_asks_in_orchestration() {
    let facts = || facts(ORDER, 60);
    let hold = Command::Hold(facts());
    let release = Command::Release { order_id: ORDER };
    let capture = Command::Capture { order_id: ORDER };
    let asks: [(&dyn Outgoing, &Command); 7] = [
        (&StockEvent::Reserved { facts: facts() }, &hold),
        (&PaymentsCommand::Hold { facts: facts() }, &hold),
        (
            &ShipmentEvent::Rejected {
                order_id: ORDER,
                reason: REASON,
            },
            &release,
        ),
        (
            &ShipmentEvent::Voided {
                order_id: ORDER,
                reason: REASON,
            },
            &release,
        ),
        (&PaymentsCommand::Release { order_id: ORDER }, &release),
        (&ShipmentEvent::Arranged { order_id: ORDER }, &capture),
        (&PaymentsCommand::Capture { order_id: ORDER }, &capture),
    ];
    for (message, command) in asks {
        let commands = Payments::commands_for(&heard(message), NOW_MS);
        assert_eq!(
            commands,
            std::slice::from_ref(command),
            "{}",
            message.kind()
        );
        assert_eq!(command.order_id(), Some(ORDER));
    }
}

#[test]
fn what_became_of_the_stock_otherwise_asks_nothing() {
    let stock = [
        StockEvent::Rejected {
            order_id: ORDER,
            reason: REASON,
        },
        StockEvent::Released { order_id: ORDER },
        StockEvent::Dispatched { order_id: ORDER },
    ];
    for message in stock {
        assert_eq!(Payments::commands_for(&heard(&message), NOW_MS), []);
    }
}

#[test]
fn a_message_for_others_is_not_understood() {
    let kind = "order.placed".to_owned();
    let result = Inbound::parse(&kind, 1, b"{}");
    assert_eq!(result, Err(ParseError::UnknownKind(kind)));
}

#[test]
fn the_others_hear_what_became_of_the_payment_and_nothing_of_accounts() {
    let held = PaymentEvent::Held {
        facts: facts(ORDER, 60),
    };
    let rejected = PaymentEvent::Rejected {
        order_id: ORDER,
        reason: REASON,
    };
    // Whoever waits for the word needs no more than that nothing is held.
    let released = PaymentEvent::Released { order_id: ORDER };
    let captured = PaymentEvent::Captured { order_id: ORDER };
    let charge = || charge(60);
    let says = [
        (
            Event::Held {
                facts: facts(ORDER, 60),
            },
            held,
        ),
        (
            Event::Refused {
                order_id: ORDER,
                charge: charge(),
                reason: REASON,
            },
            rejected,
        ),
        (
            Event::Released {
                order_id: ORDER,
                charge: charge(),
            },
            released.clone(),
        ),
        (Event::Voided { order_id: ORDER }, released.clone()),
        (Event::ReleasedAlready { order_id: ORDER }, released),
        (
            Event::Captured {
                order_id: ORDER,
                charge: charge(),
            },
            captured,
        ),
    ];
    for (event, message) in says {
        assert_eq!(Payments::messages_of(&event), [message]);
    }
    assert_eq!(
        Payments::messages_of(&Event::Blocked { customer: ada() }),
        []
    );
}
