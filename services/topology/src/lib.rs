//! Who hears what: every queue of the system and the routing keys bound to it,
//! in one table, from the contracts' constants.
//!
//! A routing key is `<kind>.<coordination>`: in choreography a participant hears its
//! predecessor; in orchestration the orchestrator hears everyone and commands by
//! name. A kind that belongs to no saga says [`NO_SAGA`].

use inventory_contract::{CatalogueEvent, StockEvent};
use orders_contract::OrderEvent;
use payments_contract::PaymentEvent;
use shipping_contract::ShipmentEvent;

/// Topic exchange of all events.
pub const EVENTS: &str = "events";
/// Direct exchange of all commands; the key is the participant's queue.
pub const COMMANDS: &str = "commands";
/// Direct exchange of dead letters; the key is the queue they died in.
pub const DEAD: &str = "dead";
/// The stream that keeps every event: the replayable log.
pub const EVENTS_LOG: &str = "events.log";
/// The log keeps this much, some ten million events, before it forgets the oldest. A
/// rebuild of the read side reaches as far back.
pub const EVENTS_LOG_BYTES_MAX: u64 = 10_000_000_000;
/// Third word of a routing key outside any saga.
pub const NO_SAGA: &str = "none";

/// The orchestrator's queue. It is commanded by nobody.
pub const ORCHESTRATOR: &str = "orchestrator";

/// One queue and the events it hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub queue: &'static str,
    /// (kind, last word of the routing key); `*` is any.
    pub hears: &'static [(&'static str, &'static str)],
    /// Whether the exchange of commands leads here too.
    pub commanded: bool,
}

const CHOREOGRAPHY: &str = "choreography";
const ANY: &str = "*";

/// Every subscription there is. `events.log` hears everything besides.
pub const SUBSCRIPTIONS: [Subscription; 5] = [
    Subscription {
        queue: orders_contract::QUEUE,
        hears: &[
            (CatalogueEvent::PRICED, NO_SAGA),
            (StockEvent::REJECTED, CHOREOGRAPHY),
            (StockEvent::DISPATCHED, CHOREOGRAPHY),
            (PaymentEvent::REJECTED, CHOREOGRAPHY),
            (PaymentEvent::CAPTURED, CHOREOGRAPHY),
            (ShipmentEvent::REJECTED, CHOREOGRAPHY),
            (ShipmentEvent::VOIDED, CHOREOGRAPHY),
            // In both, so that a cancel past the pivot is refused at the door.
            (ShipmentEvent::ARRANGED, ANY),
        ],
        commanded: true,
    },
    Subscription {
        queue: inventory_contract::QUEUE,
        hears: &[
            (OrderEvent::PLACED, CHOREOGRAPHY),
            (PaymentEvent::REJECTED, CHOREOGRAPHY),
            (ShipmentEvent::REJECTED, CHOREOGRAPHY),
            (ShipmentEvent::VOIDED, CHOREOGRAPHY),
            (ShipmentEvent::ARRANGED, CHOREOGRAPHY),
        ],
        commanded: true,
    },
    Subscription {
        queue: payments_contract::QUEUE,
        hears: &[
            (StockEvent::RESERVED, CHOREOGRAPHY),
            (ShipmentEvent::REJECTED, CHOREOGRAPHY),
            (ShipmentEvent::VOIDED, CHOREOGRAPHY),
            (ShipmentEvent::ARRANGED, CHOREOGRAPHY),
        ],
        commanded: true,
    },
    Subscription {
        queue: shipping_contract::QUEUE,
        hears: &[
            (PaymentEvent::HELD, CHOREOGRAPHY),
            (OrderEvent::CANCEL_REQUESTED, CHOREOGRAPHY),
        ],
        commanded: true,
    },
    Subscription {
        queue: ORCHESTRATOR,
        hears: &[("*.*", "orchestration")],
        commanded: false,
    },
];

impl Subscription {
    /// The binding keys of this queue on [`EVENTS`].
    pub fn routing_keys(&self) -> impl Iterator<Item = String> + use<'_> {
        self.hears
            .iter()
            .map(|(kind, coordination)| format!("{kind}.{coordination}"))
    }

    /// Whether an event with this routing key is delivered here, by the rules of a
    /// topic exchange (`*` is exactly one word).
    pub fn hears(&self, routing_key: &str) -> bool {
        self.routing_keys().any(|pattern| {
            let mut words = routing_key.split('.');
            pattern.split('.').all(|expected| {
                words
                    .next()
                    .is_some_and(|w| expected == ANY || expected == w)
            }) && words.next().is_none()
        })
    }
}

/// The subscription of one service.
pub fn subscription(queue: &str) -> Option<&'static Subscription> {
    SUBSCRIPTIONS.iter().find(|s| s.queue == queue)
}

/// Who hears an event with this routing key.
pub fn subscribers(routing_key: &str) -> impl Iterator<Item = &'static Subscription> + use<'_> {
    SUBSCRIPTIONS.iter().filter(|s| s.hears(routing_key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queues(routing_key: &str) -> Vec<&'static str> {
        subscribers(routing_key).map(|s| s.queue).collect()
    }

    #[test]
    fn an_event_of_a_choreographed_order_reaches_those_who_react_to_it() {
        assert_eq!(queues("order.placed.choreography"), ["inventory"]);
        assert_eq!(
            queues("shipment.arranged.choreography"),
            ["orders", "inventory", "payments"]
        );
    }

    #[test]
    fn an_event_of_an_orchestrated_order_reaches_the_orchestrator() {
        assert_eq!(queues("stock.reserved.orchestration"), ["orchestrator"]);
        assert_eq!(
            queues("shipment.arranged.orchestration"),
            ["orders", "orchestrator"]
        );
    }

    #[test]
    fn the_catalogue_reaches_orders_alone() {
        assert_eq!(queues("sku.priced.none"), ["orders"]);
        assert_eq!(queues("sku.priced"), [""; 0]);
    }

    #[test]
    fn a_service_finds_its_own_subscription() {
        for expected in &SUBSCRIPTIONS {
            assert_eq!(subscription(expected.queue), Some(expected));
        }
        assert_eq!(subscription("order-view"), None);
    }
}
