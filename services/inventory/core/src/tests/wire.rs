//! What inventory makes of a message, and what it says of an event.

use super::*;
use crate::{Inbound, Outbound};
use decider::{Coordination, Incoming, Outgoing, ParseError, Participant};
use inventory_contract::{CatalogueEvent, InventoryCommand, StockEvent};
use orders_contract::OrderEvent;
use payments_contract::PaymentEvent;
use shipping_contract::ShipmentEvent;

const NOW_MS: i64 = 1_000;
const REASON: Reason = Reason::Customer;

/// A message as it comes over the wire.
fn heard(message: &dyn Outgoing) -> Inbound {
    let heard = Inbound::parse(message.kind(), message.version(), &message.encode()).unwrap();
    assert_eq!(heard.correlation_id(), Some(ORDER.0), "{heard:?}");
    heard
}

fn tea() -> OrderFacts {
    facts(ORDER, &[("tea", 2)])
}

#[test]
fn an_event_asks_in_choreography_what_the_command_asks_in_orchestration() {
    let placed = OrderEvent::Placed {
        facts: tea(),
        version: 1,
        coordination: Coordination::Choreography,
        placed_at_ms: NOW_MS,
    };
    let reserve = Command::Reserve(tea());
    let release = Command::Release { order_id: ORDER };
    let dispatch = Command::Dispatch { order_id: ORDER };
    let asks: [(&dyn Outgoing, &Command); 8] = [
        (&placed, &reserve),
        (&InventoryCommand::Reserve { facts: tea() }, &reserve),
        (
            &PaymentEvent::Rejected {
                order_id: ORDER,
                reason: REASON,
            },
            &release,
        ),
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
        (&InventoryCommand::Release { order_id: ORDER }, &release),
        (&ShipmentEvent::Arranged { order_id: ORDER }, &dispatch),
        (&InventoryCommand::Dispatch { order_id: ORDER }, &dispatch),
    ];
    for (message, command) in asks {
        let commands = Inventory::commands_for(&heard(message), NOW_MS);
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
fn the_progress_of_a_payment_asks_nothing() {
    let payment = [
        PaymentEvent::Held { facts: tea() },
        PaymentEvent::Released { order_id: ORDER },
        PaymentEvent::Captured { order_id: ORDER },
    ];
    for message in payment {
        assert_eq!(Inventory::commands_for(&heard(&message), NOW_MS), []);
    }
}

#[test]
fn a_message_for_others_is_not_understood() {
    let kind = "stock.reserved".to_owned();
    let result = Inbound::parse(&kind, 1, b"{}");
    assert_eq!(result, Err(ParseError::UnknownKind(kind)));
}

#[test]
fn the_others_hear_what_became_of_the_stock_and_of_the_price_but_not_of_a_receipt() {
    let picks = || vec![pick("tea", 2)];
    let reserved = StockEvent::Reserved { facts: tea() };
    let rejected = StockEvent::Rejected {
        order_id: ORDER,
        reason: REASON,
    };
    // Whoever waits for the word needs no more than that nothing is reserved.
    let released = StockEvent::Released { order_id: ORDER };
    let dispatched = StockEvent::Dispatched { order_id: ORDER };
    let says = [
        (
            Event::Reserved {
                facts: tea(),
                picks: picks(),
            },
            reserved,
        ),
        (
            Event::Refused {
                order_id: ORDER,
                reason: REASON,
            },
            rejected,
        ),
        (
            Event::Released {
                order_id: ORDER,
                picks: picks(),
            },
            released.clone(),
        ),
        (Event::Voided { order_id: ORDER }, released.clone()),
        (Event::ReleasedAlready { order_id: ORDER }, released),
        (
            Event::Dispatched {
                order_id: ORDER,
                picks: picks(),
            },
            dispatched,
        ),
    ];
    for (event, message) in says {
        assert_eq!(Inventory::messages_of(&event), [Outbound::Stock(message)]);
    }
    let (sku, unit_price_minor, version) = (sku("tea"), 12, 2);
    let priced = Event::Priced {
        sku: sku.clone(),
        unit_price_minor,
        version,
    };
    let message = CatalogueEvent::Priced {
        sku: sku.clone(),
        unit_price_minor,
        version,
    };
    assert_eq!(
        Inventory::messages_of(&priced),
        [Outbound::Catalogue(message)]
    );
    let received = Event::Received {
        receipt_id: Uuid::from_u128(9),
        sku,
        quantity: 5,
    };
    assert_eq!(Inventory::messages_of(&received), []);
}
