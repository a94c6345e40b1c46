//! Inventory's tables: the rows that a batch touches, loaded and saved at once.
//!
//! Locks are taken reservations first, then SKUs, each in key order.

mod load;
mod save;

use inventory_core::{Command, Event, Inventory, State};
use messaging::store::postgres::Tables;
use sqlx::PgConnection;

#[derive(Clone, Debug)]
pub struct InventoryTables;

impl Tables<Inventory> for InventoryTables {
    async fn load(conn: &mut PgConnection, commands: &[Command]) -> Result<State, sqlx::Error> {
        let reservations = load::reservations(conn, commands).await?;
        let receipts = load::receipts(conn, commands).await?;
        let skus = load::skus(conn, commands, &reservations).await?;
        Ok(State {
            skus,
            reservations,
            receipts,
        })
    }

    async fn save(
        conn: &mut PgConnection,
        before: &State,
        after: &State,
        events: &[Event],
    ) -> Result<(), sqlx::Error> {
        save::skus(conn, before, after).await?;
        save::reservations(conn, before, after).await?;
        save::receipts(conn, before, after).await?;
        save::stock_ledger(conn, events).await
    }
}
