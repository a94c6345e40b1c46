//! The orchestrator: one row a saga.

use super::{Kept, named, order};
use crate::world::{ORDERS, any_order, facts, order_id};
use decider::Coordination::Orchestration;
use inventory_contract::StockEvent;
use orchestrator::tables::OrchestratorTables;
use orchestrator_core::{Command, Inbound, Orchestrator, State};
use orders_contract::{OrderEvent, OrderId, Reason};
use payments_contract::PaymentEvent;
use proptest::prelude::*;
use shipping_contract::ShipmentEvent;
use simulation::store::tables;
use sqlx::migrate::Migrator;
use std::collections::BTreeMap;

fn stock(n: u128) -> Vec<StockEvent> {
    let (order_id, facts) = (order_id(n), facts(n));
    let reason = Reason::OutOfStock;
    vec![
        StockEvent::Reserved { facts },
        StockEvent::Rejected { order_id, reason },
        StockEvent::Released { order_id },
        StockEvent::Dispatched { order_id },
    ]
}

fn payment(n: u128) -> Vec<PaymentEvent> {
    let (order_id, facts) = (order_id(n), facts(n));
    let reason = Reason::InsufficientFunds;
    vec![
        PaymentEvent::Held { facts },
        PaymentEvent::Rejected { order_id, reason },
        PaymentEvent::Released { order_id },
        PaymentEvent::Captured { order_id },
    ]
}

fn shipment(n: u128) -> Vec<ShipmentEvent> {
    let order_id = order_id(n);
    vec![
        ShipmentEvent::Arranged { order_id },
        ShipmentEvent::Rejected {
            order_id,
            reason: Reason::NotServiceable,
        },
        ShipmentEvent::Voided {
            order_id,
            reason: Reason::Customer,
        },
    ]
}

fn placed(n: u128) -> OrderEvent {
    OrderEvent::Placed {
        facts: facts(n),
        version: 1,
        coordination: Orchestration,
        placed_at_ms: 1,
    }
}

fn confirmed(order_id: OrderId) -> OrderEvent {
    OrderEvent::Confirmed {
        order_id,
        version: 2,
        coordination: Orchestration,
    }
}

fn ended(n: u128) -> Vec<OrderEvent> {
    let order_id = order_id(n);
    let cancel = |reason| OrderEvent::CancelRequested {
        order_id,
        reason,
        attempt: 1,
        version: 2,
        coordination: Orchestration,
    };
    vec![
        cancel(Reason::Customer),
        cancel(Reason::Deadline),
        confirmed(order_id),
        OrderEvent::Rejected {
            order_id,
            reason: Reason::OutOfStock,
            version: 2,
            coordination: Orchestration,
        },
    ]
}

impl Kept for Orchestrator {
    type Sql = OrchestratorTables;
    type Likeness = tables::orchestrator::OrchestratorTables;

    const SERVICE: &'static str = "orchestrator";
    const SQL: OrchestratorTables = OrchestratorTables;

    fn migrations() -> Migrator {
        orchestrator::migrations()
    }

    fn command() -> BoxedStrategy<Command> {
        prop_oneof![
            3 => any_order().prop_map(|n| Inbound::Order(placed(n))),
            2 => any_order().prop_flat_map(|n| prop::sample::select(ended(n))).prop_map(Inbound::Order),
            4 => any_order().prop_flat_map(|n| prop::sample::select(stock(n))).prop_map(Inbound::Stock),
            4 => any_order().prop_flat_map(|n| prop::sample::select(payment(n))).prop_map(Inbound::Payment),
            3 => any_order().prop_flat_map(|n| prop::sample::select(shipment(n))).prop_map(Inbound::Shipment),
        ]
        .prop_map(Command)
        .boxed()
    }

    fn everything() -> Vec<Command> {
        ORDERS
            .map(|n| Command(Inbound::Order(confirmed(order_id(n)))))
            .collect()
    }

    fn rows(state: &State) -> BTreeMap<String, String> {
        named("saga", &state.sagas).collect()
    }

    fn say(Command(heard): &Command) -> String {
        let kind = match heard {
            Inbound::Order(event) => decider::Outgoing::kind(event),
            Inbound::Stock(event) => decider::Outgoing::kind(event),
            Inbound::Payment(event) => decider::Outgoing::kind(event),
            Inbound::Shipment(event) => decider::Outgoing::kind(event),
        };
        format!("hear {kind} of {}", order(heard.order_id()))
    }
}
