//! The database of a service: waited for, migrated, watched.

use lifecycle::{Failure, Gate, Running, Shutdown};
use sqlx::{
    PgPool,
    migrate::{MigrateError, Migrator},
};
use std::time::Duration;

/// Between attempts to migrate, and between looks at a database that is up.
const PAUSE: Duration = Duration::from_secs(1);
/// A ping that takes longer is as good as none: readiness says so.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether the process may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prepared {
    Yes,
    /// It was asked to stop before the database came.
    Stopped,
}

/// Migrates, waiting for a database that is away; then keeps a gate for it.
pub async fn prepare(
    running: &mut Running,
    pool: &PgPool,
    migrators: impl IntoIterator<Item = Migrator>,
) -> Result<Prepared, Failure> {
    let gate = running.readiness.gate("database");
    for migrator in migrators {
        while let Err(error) = migrator.run(pool).await {
            if !is_absence(&error) {
                let advice = "the database and this binary do not fit: restore one of them";
                return Err(Failure::other(format!("{error}; {advice}")));
            }
            gate.close(error.to_string());
            tracing::warn!("waiting for the database: {error}");
            let stopped = running.shutdown.requested();
            if tokio::time::timeout(PAUSE, stopped).await.is_ok() {
                return Ok(Prepared::Stopped);
            }
        }
    }
    gate.open();
    let (pool, shutdown) = (pool.clone(), running.shutdown.clone());
    running.spawn("database", watch(pool, gate, shutdown));
    Ok(Prepared::Yes)
}

/// Whether waiting may help. A checksum that differs will differ tomorrow.
fn is_absence(error: &MigrateError) -> bool {
    match error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => {
            // Two instances may create the same table of migrations at the same moment.
            !matches!(cause, sqlx::Error::Database(e) if !transient(e.code().as_deref()))
        }
        _ => false,
    }
}

/// Connection and administrator's classes, and the race for a catalogue's row.
fn transient(code: Option<&str>) -> bool {
    code.is_some_and(|code| {
        code.starts_with("08")
            || code.starts_with("57")
            || code.starts_with("53")
            || code == "23505"
    })
}

async fn watch(pool: PgPool, gate: Gate, shutdown: Shutdown) {
    while tokio::time::timeout(PAUSE, shutdown.requested())
        .await
        .is_err()
    {
        match tokio::time::timeout(PING_TIMEOUT, sqlx::query("select 1").execute(&pool)).await {
            Ok(Ok(_)) => gate.open(),
            Ok(Err(error)) => gate.close(error.to_string()),
            Err(_) => gate.close("no answer in time"),
        }
    }
}
