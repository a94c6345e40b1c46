//! Inventory: SKUs, reservations, receipts, and the ledger of movements.

use super::{Key, Tables, new_keys, rows, write};
use inventory_core::{Command, Event, Inventory, Reservation, State, ledger::movements};
use orders_contract::{OrderId, Sku};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Default)]
pub struct InventoryTables {
    pub state: State,
    /// By cause, kind and SKU.
    pub ledger: BTreeMap<(Uuid, &'static str, Sku), i64>,
}

const SKUS: &str = "skus";
const RESERVATIONS: &str = "reservations";
const RECEIPTS: &str = "receipts";

impl Tables<Inventory> for InventoryTables {
    fn load(&self, commands: &[Command]) -> (State, Vec<Key>) {
        let ids: Vec<OrderId> = commands.iter().filter_map(Command::order_id).collect();
        let reservations = rows(&self.state.reservations, &ids);
        let receipts = commands.iter().filter_map(|command| match command {
            Command::Receive { receipt_id, .. } => Some(receipt_id),
            Command::SetPrice { .. }
            | Command::Reserve(_)
            | Command::Release { .. }
            | Command::Dispatch { .. } => None,
        });
        let receipts = rows(&self.state.receipts, receipts);
        let named = commands.iter().flat_map(|command| match command {
            Command::SetPrice { sku, .. } | Command::Receive { sku, .. } => vec![sku],
            Command::Reserve(facts) => facts.lines.iter().map(|line| &line.sku).collect(),
            Command::Release { .. } | Command::Dispatch { .. } => vec![],
        });
        let picked = reservations.values().flat_map(Reservation::picks);
        let skus = rows(&self.state.skus, named.chain(picked.map(|pick| &pick.sku)));
        let locked = reservations.keys().map(|id| Key::Id(RESERVATIONS, id.0));
        let stock = skus.keys().map(|sku| Key::Name(SKUS, sku.to_string()));
        let locked = locked.chain(stock).collect();
        let state = State {
            skus,
            reservations,
            receipts,
        };
        (state, locked)
    }

    fn inserted(before: &State, after: &State, events: &[Event]) -> Vec<Key> {
        let mut keys = new_keys(&before.skus, &after.skus, |sku| {
            Key::Name(SKUS, sku.to_string())
        });
        keys.extend(new_keys(&before.reservations, &after.reservations, |id| {
            Key::Id(RESERVATIONS, id.0)
        }));
        keys.extend(new_keys(&before.receipts, &after.receipts, |id| {
            Key::Id(RECEIPTS, *id)
        }));
        let moved = events.iter().flat_map(movements);
        keys.extend(moved.map(|one| Key::Entry(one.kind, one.cause, one.sku.to_string())));
        keys
    }

    fn has(&self, key: &Key) -> bool {
        let name = |text: &String| Sku::try_from(text.clone()).ok();
        match key {
            Key::Id(RESERVATIONS, id) => self.state.reservations.contains_key(&OrderId(*id)),
            Key::Id(_, id) => self.state.receipts.contains_key(id),
            Key::Name(_, sku) => name(sku).is_some_and(|sku| self.state.skus.contains_key(&sku)),
            Key::Entry(kind, cause, sku) => {
                name(sku).is_some_and(|sku| self.ledger.contains_key(&(*cause, *kind, sku)))
            }
        }
    }

    fn save(&mut self, before: &State, after: &State, events: &[Event]) {
        write(&mut self.state.skus, &before.skus, &after.skus);
        write(
            &mut self.state.reservations,
            &before.reservations,
            &after.reservations,
        );
        write(&mut self.state.receipts, &before.receipts, &after.receipts);
        for one in events.iter().flat_map(movements) {
            self.ledger
                .insert((one.cause, one.kind, one.sku.clone()), one.quantity);
        }
    }
}
