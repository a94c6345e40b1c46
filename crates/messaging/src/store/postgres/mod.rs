//! PostgreSQL: bulk statements, one transaction a batch.
//!
//! - [`pool`]: connections that cannot hang.
//! - [`transaction`]: inbox, outbox and the service's own tables.
//! - [`housekeeping`]: the outbox outside of a batch.
//! - [`warm`]: the connection of the last batch, for the next.
//! - [`error`]: which SQLSTATE is whose fault.

mod error;
mod housekeeping;
mod pool;
mod transaction;
mod warm;

pub use pool::{PoolSettings, connect};
pub use transaction::PgTx;

use super::{Store, StoreError};
use decider::Decider;
use sqlx::{
    PgConnection, PgPool,
    migrate::{MigrateError, Migrator},
};
use std::{future::Future, marker::PhantomData};
use warm::Warm;

/// The service's own SQL. Runs inside the batch's transaction; must neither begin nor commit.
pub trait Tables<P: Decider>: Clone + Send + Sync + 'static {
    /// The rows that `commands` touch, locked in key order (`for update`), so that two
    /// batches never wait for each other in a circle.
    fn load(
        &self,
        connection: &mut PgConnection,
        commands: &[P::Command],
    ) -> impl Future<Output = Result<P::State, StoreError>> + Send;

    /// Writes what differs.
    fn save(
        &self,
        connection: &mut PgConnection,
        before: &P::State,
        after: &P::State,
        events: &[P::Event],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Entities by state, for `breakwater_entities`.
    fn census(
        &self,
        connection: &mut PgConnection,
    ) -> impl Future<Output = Result<Vec<(String, i64)>, StoreError>> + Send {
        let _ = connection;
        async { Ok(Vec::new()) }
    }
}

/// Inbox, outbox and `T` in one database.
pub struct PgStore<P, T> {
    pool: PgPool,
    /// Short, frequent, and not durable at once: it neither waits for a disk nor takes
    /// a connection from a batch.
    housekeeping: PgPool,
    warm: Warm,
    tables: T,
    core: PhantomData<fn() -> P>,
}

impl<P, T: Clone> Clone for PgStore<P, T> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            housekeeping: self.housekeeping.clone(),
            warm: self.warm.clone(),
            tables: self.tables.clone(),
            core: PhantomData,
        }
    }
}

impl<P: Decider, T: Tables<P>> PgStore<P, T> {
    /// Connects lazily: a database that is down is not a reason to fail, but to wait.
    pub fn connect(settings: &PoolSettings, tables: T) -> Result<Self, sqlx::Error> {
        Ok(Self {
            pool: connect(settings)?,
            housekeeping: connect(&settings.for_housekeeping())?,
            warm: Warm::default(),
            tables,
            core: PhantomData,
        })
    }

    /// For the service's own reads.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

/// Inbox and outbox. Its own migrations table keeps it apart from the service's.
pub fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("./migrations");
    migrator.dangerous_set_table_name("_messaging_migrations");
    migrator
}

/// Creates them.
pub async fn migrate(pool: &PgPool) -> Result<(), MigrateError> {
    migrator().run(pool).await
}

impl<P: Decider, T: Tables<P>> Store<P> for PgStore<P, T> {
    type Tx = PgTx<P, T>;

    /// After a restart of the server every idle connection is dead, and says so at its
    /// first statement: each is tried once, then a new one.
    async fn begin(&self) -> Result<PgTx<P, T>, StoreError> {
        let begin = |connection| PgTx::begin(connection, self.warm.clone(), self.tables.clone());
        while let Some(connection) = self.warm.take() {
            if let Ok(tx) = begin(connection).await {
                return Ok(tx);
            }
        }
        let mut idle = self.pool.num_idle();
        loop {
            match begin(self.pool.acquire().await?).await {
                Err(_) if idle > 0 => idle -= 1,
                outcome => return outcome,
            }
        }
    }
}
