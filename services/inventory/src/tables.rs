//! Inventory's tables: the rows that a batch touches, loaded and saved at once.
//!
//! Locks are taken reservations first, then SKUs, each in key order.

mod load;
mod save;

use inventory_core::{Command, Event, Inventory, State};
use messaging::store::{StoreError, postgres::Tables};
use sqlx::PgConnection;

#[derive(Clone, Debug)]
pub struct InventoryTables;

impl Tables<Inventory> for InventoryTables {
    async fn load(
        &self,
        conn: &mut PgConnection,
        commands: &[Command],
    ) -> Result<State, StoreError> {
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
        &self,
        conn: &mut PgConnection,
        before: &State,
        after: &State,
        events: &[Event],
    ) -> Result<(), StoreError> {
        save::skus(conn, before, after).await?;
        save::reservations(conn, before, after).await?;
        save::receipts(conn, before, after).await?;
        Ok(save::stock_ledger(conn, events).await?)
    }

    async fn census(&self, conn: &mut PgConnection) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query_as("select state, count(*) from reservations group by state")
            .fetch_all(conn)
            .await?;
        Ok(rows)
    }
}
