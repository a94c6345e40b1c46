//! Orders: its rows, and the replica of the catalogue.

use super::{Key, Tables, new_keys, rows, write};
use orders::deadlines::{OVERDUE_MAX, Overdue};
use orders_contract::OrderId;
use orders_core::{Command, Event, Orders, Price, State};

#[derive(Clone, Default)]
pub struct OrdersTables(pub State);

const ORDERS: &str = "orders";

impl OrdersTables {
    /// Whose deadline has come, the longest due first, as the shell asks.
    pub fn overdue(&self, now_ms: i64) -> Vec<Overdue> {
        let deadlines = self.0.orders.iter().filter_map(|(id, order)| {
            let at_ms = order.deadline_at_ms?;
            (at_ms <= now_ms).then_some((at_ms, *id, order.placed_at_ms))
        });
        let mut due: Vec<_> = deadlines.collect();
        due.sort_unstable();
        due.truncate(OVERDUE_MAX);
        let overdue = due.into_iter().map(|(_, order_id, placed_at_ms)| Overdue {
            order_id,
            placed_at_ms,
        });
        overdue.collect()
    }
}

impl Tables<Orders> for OrdersTables {
    fn load(&self, commands: &[Command]) -> (State, Vec<Key>) {
        let ids: Vec<OrderId> = commands.iter().filter_map(Command::order_id).collect();
        let orders = rows(&self.0.orders, &ids);
        let locked = orders.keys().map(|id| Key::Id(ORDERS, id.0)).collect();
        let skus = commands.iter().flat_map(|command| match command {
            Command::Place(placement) => placement.items.iter().map(|item| &item.sku).collect(),
            Command::LearnPrice { sku, .. } => vec![sku],
            Command::RequestCancel { .. }
            | Command::DeadlineReached { .. }
            | Command::NotePivot { .. }
            | Command::NoteCaptured { .. }
            | Command::NoteDispatched { .. }
            | Command::Confirm { .. }
            | Command::Reject { .. }
            | Command::Cancel { .. } => vec![],
        });
        let catalogue = rows(&self.0.catalogue, skus);
        (State { orders, catalogue }, locked)
    }

    fn inserted(before: &State, after: &State, _: &[Event]) -> Vec<Key> {
        new_keys(&before.orders, &after.orders, |id| Key::Id(ORDERS, id.0))
    }

    fn has(&self, key: &Key) -> bool {
        matches!(key, Key::Id(_, id) if self.0.orders.contains_key(&OrderId(*id)))
    }

    fn save(&mut self, before: &State, after: &State, events: &[Event]) {
        write(&mut self.0.orders, &before.orders, &after.orders);
        for event in events {
            if let Event::PriceLearned {
                sku,
                unit_price_minor,
                version,
            } = event
            {
                let known = self.0.catalogue.get(sku);
                if known.is_none_or(|price| price.version < *version) {
                    let price = Price {
                        unit_price_minor: *unit_price_minor,
                        version: *version,
                    };
                    self.0.catalogue.insert(sku.clone(), price);
                }
            }
        }
    }
}
