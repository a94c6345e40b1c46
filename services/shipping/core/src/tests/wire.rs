//! What shipping makes of a message, and what it says of an event.

use super::*;
use crate::Inbound;
use decider::{Coordination, Incoming, Outgoing, ParseError, Participant};
use orders_contract::OrderEvent;
use payments_contract::PaymentEvent;
use shipping_contract::{ShipmentEvent, ShippingCommand};

const NOW_MS: i64 = 1_000;
const REASON: Reason = Reason::Customer;

/// A message as it comes over the wire.
fn heard(message: &dyn Outgoing) -> Inbound {
    let heard = Inbound::parse(message.kind(), message.version(), &message.encode()).unwrap();
    assert_eq!(heard.correlation_id(), Some(ORDER.0), "{heard:?}");
    heard
}

fn facts() -> OrderFacts {
    match arrange("NO") {
        Command::Arrange(facts) => facts,
        Command::Void { .. } => unreachable!("it is arranged"),
    }
}

#[test]
fn an_event_asks_in_choreography_what_the_command_asks_in_orchestration() {
    let cancel = OrderEvent::CancelRequested {
        order_id: ORDER,
        reason: REASON,
        attempt: 1,
        version: 2,
        coordination: Coordination::Choreography,
    };
    let asks: [(&dyn Outgoing, Command); 4] = [
        (&PaymentEvent::Held { facts: facts() }, arrange("NO")),
        (&ShippingCommand::Arrange { facts: facts() }, arrange("NO")),
        (&cancel, void()),
        (
            &ShippingCommand::Void {
                order_id: ORDER,
                reason: REASON,
            },
            void(),
        ),
    ];
    for (message, command) in asks {
        let commands = Shipping::commands_for(&heard(message), NOW_MS);
        assert_eq!(commands, [command], "{}", message.kind());
    }
}

#[test]
fn what_became_of_the_payment_otherwise_asks_nothing() {
    let payment = [
        PaymentEvent::Rejected {
            order_id: ORDER,
            reason: REASON,
        },
        PaymentEvent::Released { order_id: ORDER },
        PaymentEvent::Captured { order_id: ORDER },
    ];
    for message in payment {
        assert_eq!(Shipping::commands_for(&heard(&message), NOW_MS), []);
    }
}

#[test]
fn a_message_for_others_is_not_understood() {
    let kind = "stock.reserved".to_owned();
    let result = Inbound::parse(&kind, 1, b"{}");
    assert_eq!(result, Err(ParseError::UnknownKind(kind)));
}

#[test]
fn the_others_hear_how_the_pivot_was_decided() {
    let (order_id, reason) = (ORDER, Reason::NotServiceable);
    let refused = Event::Refused {
        order_id,
        ship_to: ship_to("AQ"),
        reason,
    };
    let says = [
        (arranged(), ShipmentEvent::Arranged { order_id }),
        (refused, ShipmentEvent::Rejected { order_id, reason }),
        (
            voided(),
            ShipmentEvent::Voided {
                order_id,
                reason: REASON,
            },
        ),
    ];
    for (event, message) in says {
        assert_eq!(Shipping::messages_of(&event), [message]);
    }
}
