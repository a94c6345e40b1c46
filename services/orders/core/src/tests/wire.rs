//! What orders makes of a message, and what it says of an event.

use super::*;
use crate::Inbound;
use decider::{Incoming, Outgoing, ParseError, Participant};
use inventory_contract::{CatalogueEvent, StockEvent};
use orders_contract::{OrderCommand, OrderEvent};
use payments_contract::PaymentEvent;
use shipping_contract::ShipmentEvent;

const REASON: Reason = Reason::OutOfStock;

/// A message as it comes over the wire.
fn heard(message: &dyn Outgoing) -> Inbound {
    Inbound::parse(message.kind(), message.version(), &message.encode()).unwrap()
}

fn facts() -> OrderFacts {
    match placed() {
        Event::Placed { facts, .. } => facts,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn a_participants_event_asks_in_choreography_what_the_command_asks_in_orchestration() {
    let (order_id, reason, now_ms) = (ORDER, REASON, NOW_MS);
    let reject = Command::Reject {
        order_id,
        reason,
        now_ms,
    };
    let cancel = Command::Cancel {
        order_id,
        reason,
        now_ms,
    };
    let asks: [(&dyn Outgoing, Command); 10] = [
        (
            &ShipmentEvent::Arranged { order_id },
            Command::NotePivot { order_id },
        ),
        (&PaymentEvent::Captured { order_id }, captured()),
        (&StockEvent::Dispatched { order_id }, dispatched()),
        (
            &OrderCommand::Confirm { order_id },
            Command::Confirm { order_id, now_ms },
        ),
        (&StockEvent::Rejected { order_id, reason }, reject.clone()),
        (&PaymentEvent::Rejected { order_id, reason }, reject.clone()),
        (
            &ShipmentEvent::Rejected { order_id, reason },
            reject.clone(),
        ),
        (&OrderCommand::Reject { order_id, reason }, reject),
        (&ShipmentEvent::Voided { order_id, reason }, cancel.clone()),
        (&OrderCommand::Cancel { order_id, reason }, cancel),
    ];
    for (message, command) in asks {
        let heard = heard(message);
        assert_eq!(heard.correlation_id(), Some(ORDER.0), "{heard:?}");
        assert_eq!(command.order_id(), Some(ORDER));
        assert_eq!(Orders::commands_for(&heard, NOW_MS), [command], "{heard:?}");
    }
}

#[test]
fn a_price_is_learned_and_belongs_to_no_saga() {
    let (sku, unit_price_minor, version) = (sku("tea"), 40, 2);
    let heard = heard(&CatalogueEvent::Priced {
        sku: sku.clone(),
        unit_price_minor,
        version,
    });
    assert_eq!(heard.correlation_id(), None);
    let learn = Command::LearnPrice {
        sku,
        unit_price_minor,
        version,
    };
    assert_eq!(learn.order_id(), None);
    assert_eq!(Orders::commands_for(&heard, NOW_MS), [learn]);
}

#[test]
fn what_others_do_before_the_pivot_asks_nothing_of_orders() {
    let messages: [&dyn Outgoing; 4] = [
        &StockEvent::Reserved { facts: facts() },
        &StockEvent::Released { order_id: ORDER },
        &PaymentEvent::Held { facts: facts() },
        &PaymentEvent::Released { order_id: ORDER },
    ];
    for message in messages {
        assert_eq!(Orders::commands_for(&heard(message), NOW_MS), []);
    }
}

#[test]
fn a_message_for_others_is_not_understood() {
    let kind = "inventory.reserve".to_owned();
    let result = Inbound::parse(&kind, 1, b"{}");
    assert_eq!(result, Err(ParseError::UnknownKind(kind)));
}

#[test]
fn the_others_hear_each_version_of_an_order_and_nothing_of_what_orders_noted() {
    let (order_id, reason, version, coordination) = (ORDER, REASON, 2, Coordination::Choreography);
    let placed_message = OrderEvent::Placed {
        facts: facts(),
        version: 1,
        coordination,
        placed_at_ms: NOW_MS,
    };
    let cancel_requested_message = OrderEvent::CancelRequested {
        order_id,
        reason,
        attempt: 1,
        version,
        coordination,
    };
    let says = [
        (placed(), placed_message),
        (
            cancel_requested(reason, 1, version, DEADLINE_AT_MS),
            cancel_requested_message,
        ),
        (
            Event::Confirmed(ending(version)),
            OrderEvent::Confirmed {
                order_id,
                version,
                coordination,
            },
        ),
        (
            Event::Rejected {
                reason,
                ending: ending(version),
            },
            OrderEvent::Rejected {
                order_id,
                reason,
                version,
                coordination,
            },
        ),
        (
            Event::Cancelled {
                reason,
                ending: ending(version),
            },
            OrderEvent::Cancelled {
                order_id,
                reason,
                version,
                coordination,
            },
        ),
    ];
    for (event, message) in says {
        assert_eq!(Orders::messages_of(&event), [message]);
    }
    let noted = [
        Event::PivotNoted { order_id },
        Event::CaptureNoted { order_id },
        Event::DispatchNoted { order_id },
    ];
    for event in noted {
        assert_eq!(Orders::messages_of(&event), []);
    }
}
