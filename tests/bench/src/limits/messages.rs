//! The messages of a confirmed order, in their order, and how many queues hear each. BENCHMARKS.md shows beside their
//! number what the running services counted.

use messaging::Topology;
use topology::{COMMANDS, EVENTS, EVENTS_LOG, EVENTS_LOG_BYTES_MAX, SUBSCRIPTIONS};

use crate::system::generator::Coordination;

const EVENTS_OF_AN_ORDER: [&str; 7] = [
    "order.placed",
    "stock.reserved",
    "payment.held",
    "shipment.arranged",
    "payment.captured",
    "stock.dispatched",
    "order.confirmed",
];

/// The queues that the orchestrator's commands go to: reserve, hold, arrange, capture, dispatch, confirm.
const COMMANDS_OF_AN_ORDER: [&str; 6] = [
    "inventory",
    "payments",
    "shipping",
    "payments",
    "inventory",
    "orders",
];

/// Where a message is published, and how many queues, the log aside, get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub exchange: &'static str,
    pub routing_key: String,
    pub heard_by: usize,
}

pub fn of_an_order(coordination: Coordination) -> Vec<Route> {
    let event = |kind: &&str| event(kind, coordination);
    let commands: &[&str] = match coordination {
        Coordination::Choreography => &[],
        Coordination::Orchestration => &COMMANDS_OF_AN_ORDER,
    };
    let commands = commands.iter().map(|queue| command(queue));
    EVENTS_OF_AN_ORDER
        .iter()
        .map(event)
        .chain(commands)
        .collect()
}

pub fn event(kind: &str, coordination: Coordination) -> Route {
    let routing_key = format!("{kind}.{}", coordination.label());
    Route {
        exchange: EVENTS,
        heard_by: topology::subscribers(&routing_key).count(),
        routing_key,
    }
}

pub fn command(queue: &str) -> Route {
    Route {
        exchange: COMMANDS,
        routing_key: queue.to_owned(),
        heard_by: 1,
    }
}

/// Everything that the services declare.
pub fn topology() -> Topology {
    let mut topology = Topology::new().log(EVENTS_LOG, EVENTS_LOG_BYTES_MAX);
    for subscription in &SUBSCRIPTIONS {
        let keys: Vec<String> = subscription.routing_keys().collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        topology = topology.participant(subscription.queue, &keys);
    }
    topology
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_seven_events_and_when_orchestrated_six_commands_more() {
        let heard = |routes: &[Route]| routes.iter().map(|route| route.heard_by).sum::<usize>();
        let choreographed = of_an_order(Coordination::Choreography);
        assert_eq!((choreographed.len(), heard(&choreographed)), (7, 8));
        let orchestrated = of_an_order(Coordination::Orchestration);
        assert_eq!((orchestrated.len(), heard(&orchestrated)), (13, 14));
    }
}
