//! Orders' tables: the rows that a batch touches, loaded and saved at once.

mod load;
mod save;

use messaging::store::postgres::Tables;
use orders_core::{Command, Event, Orders, State};
use sqlx::PgConnection;

#[derive(Clone, Debug)]
pub struct OrdersTables;

impl Tables<Orders> for OrdersTables {
    async fn load(conn: &mut PgConnection, commands: &[Command]) -> Result<State, sqlx::Error> {
        Ok(State {
            orders: load::orders(conn, commands).await?,
            catalogue: load::catalogue(conn, commands).await?,
        })
    }

    async fn save(
        conn: &mut PgConnection,
        before: &State,
        after: &State,
        events: &[Event],
    ) -> Result<(), sqlx::Error> {
        save::orders(conn, before, after).await?;
        save::catalogue(conn, events).await
    }
}
