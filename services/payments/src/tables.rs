//! Payments' tables: the rows that a batch touches, loaded and saved at once.
//!
//! Locks are taken payments first, then accounts, each in key order.

mod load;
mod save;

use messaging::store::{StoreError, postgres::Tables};
use payments_core::{Command, Event, Payments, State};
use sqlx::PgConnection;

#[derive(Clone, Debug)]
pub struct PaymentsTables;

impl Tables<Payments> for PaymentsTables {
    async fn load(
        &self,
        conn: &mut PgConnection,
        commands: &[Command],
    ) -> Result<State, StoreError> {
        let payments = load::payments(conn, commands).await?;
        let deposits = load::deposits(conn, commands).await?;
        let accounts = load::accounts(conn, commands, &payments).await?;
        Ok(State {
            accounts,
            payments,
            deposits,
        })
    }

    async fn save(
        &self,
        conn: &mut PgConnection,
        before: &State,
        after: &State,
        events: &[Event],
    ) -> Result<(), StoreError> {
        save::accounts(conn, before, after).await?;
        save::payments(conn, before, after).await?;
        save::deposits(conn, before, after).await?;
        Ok(save::ledger(conn, events).await?)
    }

    async fn census(&self, conn: &mut PgConnection) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query_as("select state, count(*) from payments group by state")
            .fetch_all(conn)
            .await?;
        Ok(rows)
    }
}
