//! Orders' tables: the rows that a batch touches, loaded and saved at once.

mod due;
mod load;
mod save;

use messaging::store::{StoreError, postgres::Tables};
use orders_core::{Command, Event, Orders, State};
use sqlx::PgConnection;

#[derive(Clone, Debug)]
pub struct OrdersTables;

impl Tables<Orders> for OrdersTables {
    async fn load(
        &self,
        conn: &mut PgConnection,
        commands: &[Command],
    ) -> Result<State, StoreError> {
        Ok(State {
            orders: load::orders(conn, commands).await?,
            catalogue: load::catalogue(conn, commands).await?,
        })
    }

    async fn save(
        &self,
        conn: &mut PgConnection,
        before: &State,
        after: &State,
        events: &[Event],
    ) -> Result<(), StoreError> {
        save::orders(conn, before, after).await?;
        Ok(save::catalogue(conn, events).await?)
    }

    async fn census(&self, conn: &mut PgConnection) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query_as("select status, count(*) from orders group by status")
            .fetch_all(conn)
            .await?;
        Ok(rows)
    }
}
