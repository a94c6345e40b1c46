//! Shipping: one row an order, written once, and where it ships to.

use super::{Kept, named, order};
use crate::world::{ORDERS, any_order, facts, order_id};
use orders_contract::Reason;
use proptest::prelude::*;
use shipping::tables::ShippingTables;
use shipping_core::{Command, Shipping, State};
use simulation::store::tables;
use sqlx::migrate::Migrator;
use std::collections::BTreeMap;

impl Kept for Shipping {
    type Sql = ShippingTables;
    type Likeness = tables::shipping::ShippingTables;

    const SERVICE: &'static str = "shipping";
    const SQL: ShippingTables = ShippingTables;

    fn migrations() -> Migrator {
        shipping::migrations()
    }

    /// The migration says where it ships to; the third order goes elsewhere.
    fn beginning() -> State {
        State {
            service_areas: [facts(1).ship_to.country].into(),
            ..State::default()
        }
    }

    fn likeness() -> Self::Likeness {
        tables::shipping::ShippingTables(Self::beginning())
    }

    fn command() -> BoxedStrategy<Command> {
        let reason = prop::sample::select(vec![Reason::Customer, Reason::Deadline]);
        let void = (any_order().prop_map(order_id), reason)
            .prop_map(|(order_id, reason)| Command::Void { order_id, reason });
        prop_oneof![any_order().prop_map(|n| Command::Arrange(facts(n))), void,].boxed()
    }

    fn everything() -> Vec<Command> {
        ORDERS.map(|n| Command::Arrange(facts(n))).collect()
    }

    fn rows(state: &State) -> BTreeMap<String, String> {
        let areas = state.service_areas.iter();
        named("shipment", &state.shipments)
            .chain(areas.map(|country| (format!("area {country:?}"), String::new())))
            .collect()
    }

    fn say(command: &Command) -> String {
        match command {
            Command::Arrange(facts) => format!("arrange {}", order(facts.order_id)),
            Command::Void { order_id, reason } => {
                format!("void {} for {reason:?}", order(*order_id))
            }
        }
    }
}
