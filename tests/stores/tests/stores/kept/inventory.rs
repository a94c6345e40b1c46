//! Inventory: SKUs, reservations, receipts, and the ledger of movements.

use super::{Kept, named, order};
use crate::world::{KEYS, ORDERS, any_key, any_order, any_sku, facts, key, order_id, skus};
use inventory::tables::InventoryTables;
use inventory_core::{Command, Inventory, State};
use proptest::prelude::*;
use simulation::store::tables;
use sqlx::migrate::Migrator;
use std::collections::{BTreeMap, BTreeSet};

impl Kept for Inventory {
    type Sql = InventoryTables;
    type Likeness = tables::inventory::InventoryTables;

    const SERVICE: &'static str = "inventory";
    const SQL: InventoryTables = InventoryTables;
    const LEDGER: Option<&'static str> =
        Some("select concat_ws(' ', cause, kind, sku, quantity) from stock_ledger");

    fn migrations() -> Migrator {
        inventory::migrations()
    }

    /// A receipt is of one of two sizes, so that a key comes back with another request,
    /// and the smaller serves one order only.
    fn command() -> BoxedStrategy<Command> {
        let price = (any_sku(), 1..=3i64).prop_map(|(sku, unit_price_minor)| Command::SetPrice {
            sku,
            unit_price_minor,
        });
        let receipt = (any_key(), any_sku(), prop::sample::select(vec![4, 9])).prop_map(
            |(n, sku, quantity)| Command::Receive {
                receipt_id: key(n),
                sku,
                quantity,
            },
        );
        let order_id = || any_order().prop_map(order_id);
        prop_oneof![
            3 => price,
            3 => receipt,
            4 => any_order().prop_map(|n| Command::Reserve(facts(n))),
            2 => order_id().prop_map(|order_id| Command::Release { order_id }),
            2 => order_id().prop_map(|order_id| Command::Dispatch { order_id }),
        ]
        .boxed()
    }

    fn everything() -> Vec<Command> {
        let orders = ORDERS.map(|n| Command::Release {
            order_id: order_id(n),
        });
        let prices = skus().map(|sku| Command::SetPrice {
            sku,
            unit_price_minor: 1,
        });
        let receipts = KEYS.map(|n| Command::Receive {
            receipt_id: key(n),
            sku: crate::world::sku("tea"),
            quantity: 1,
        });
        orders.chain(prices).chain(receipts).collect()
    }

    fn rows(state: &State) -> BTreeMap<String, String> {
        named("sku", &state.skus)
            .chain(named("reservation", &state.reservations))
            .chain(named("receipt", &state.receipts))
            .collect()
    }

    fn leads_to(state: &State) -> BTreeMap<String, BTreeSet<String>> {
        (state.reservations.iter())
            .map(|(id, reservation)| {
                let skus = reservation.picks().iter();
                let skus = skus.map(|pick| format!("sku {:?}", pick.sku)).collect();
                (format!("reservation {id:?}"), skus)
            })
            .collect()
    }

    fn ledger(likeness: &Self::Likeness) -> BTreeSet<String> {
        (likeness.ledger.iter())
            .map(|((cause, kind, sku), quantity)| format!("{cause} {kind} {sku} {quantity}"))
            .collect()
    }

    fn say(command: &Command) -> String {
        match command {
            Command::SetPrice {
                sku,
                unit_price_minor,
            } => format!("price {sku} at {unit_price_minor}"),
            Command::Receive {
                receipt_id,
                sku,
                quantity,
            } => format!(
                "receive {quantity} {sku}, key {}",
                receipt_id.as_u128() & 0xff
            ),
            Command::Reserve(facts) => format!("reserve {}", order(facts.order_id)),
            Command::Release { order_id } => format!("release {}", order(*order_id)),
            Command::Dispatch { order_id } => format!("dispatch {}", order(*order_id)),
        }
    }
}
