//! Shipping: one row an order, written once, and where it ships to.

use super::{Key, Tables, new_keys, rows};
use decider::Changes;
use orders_contract::OrderId;
use shipping_core::{Command, Event, Shipping, State};

#[derive(Clone, Default)]
pub struct ShippingTables(pub State);

const SHIPMENTS: &str = "shipments";

impl Tables<Shipping> for ShippingTables {
    fn load(&self, commands: &[Command]) -> (State, Vec<Key>) {
        let ids: Vec<OrderId> = commands.iter().map(Command::order_id).collect();
        let shipments = rows(&self.0.shipments, &ids);
        let locked = (shipments.keys())
            .map(|id| Key::Id(SHIPMENTS, id.0))
            .collect();
        let countries = commands.iter().filter_map(|command| match command {
            Command::Arrange(facts) => Some(&facts.ship_to.country),
            Command::Void { .. } => None,
        });
        let service_areas = countries
            .filter(|country| self.0.service_areas.contains(*country))
            .cloned()
            .collect();
        let state = State {
            shipments,
            service_areas,
        };
        (state, locked)
    }

    fn inserted(before: &State, after: &State, _: &[Event]) -> Vec<Key> {
        new_keys(&before.shipments, &after.shipments, |id| {
            Key::Id(SHIPMENTS, id.0)
        })
    }

    fn has(&self, key: &Key) -> bool {
        matches!(key, Key::Id(_, id) if self.0.shipments.contains_key(&OrderId(*id)))
    }

    fn save(&mut self, before: &State, after: &State, _: &[Event]) {
        // What became of a shipment never changes: the shell writes no update either.
        let Changes { new, .. } = Changes::between(&before.shipments, &after.shipments);
        for (id, shipment) in new {
            self.0.shipments.insert(*id, shipment.clone());
        }
    }
}
