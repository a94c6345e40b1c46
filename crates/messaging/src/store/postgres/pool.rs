//! Connections that cannot hang.
//!
//! sqlx sets no TCP keepalive and pings without a deadline: a half-open connection
//! would hold its user for as long as the kernel retransmits, a quarter of an hour.

use sqlx::{
    Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::time::Duration;

/// Longer than any batch takes with a disk that syncs slowly, shorter than the patience
/// of an HTTP client; the server cancels what takes longer.
const STATEMENT_TIMEOUT: &str = "5s";
/// A transaction of ours never waits for anything but its own statements.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "10s";
/// A pool that is empty for this long means a database in trouble: say so.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection used less than this ago needs no ping.
pub(super) const TRUSTED_FOR: Duration = Duration::from_secs(1);
const PING_TIMEOUT: Duration = Duration::from_millis(500);
/// A statement that nobody waits for any more ends first, at the latest by its own timeout.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(6);

#[derive(Clone, Debug)]
pub struct PoolSettings {
    pub url: String,
    /// `service/instance`: what `pg_stat_activity` shows.
    pub application_name: String,
    /// Two loops run batches; the rest serves reads. PostgreSQL forks a process for each.
    pub connections_max: u32,
    synchronous_commit: bool,
}

impl PoolSettings {
    pub fn new(url: impl Into<String>, application_name: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            application_name: application_name.into(),
            connections_max: 6,
            synchronous_commit: true,
        }
    }

    /// One connection for each of the tasks that only keep house.
    pub(super) fn for_housekeeping(&self) -> Self {
        Self {
            connections_max: 2,
            synchronous_commit: false,
            ..self.clone()
        }
    }
}

/// Fails only on an address that is none: connections are made when they are needed.
pub fn connect(settings: &PoolSettings) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = settings.url.parse()?;
    let synchronous_commit = if settings.synchronous_commit {
        "on"
    } else {
        "off"
    };
    let options = options
        .application_name(&settings.application_name)
        .options([
            ("statement_timeout", STATEMENT_TIMEOUT),
            (
                "idle_in_transaction_session_timeout",
                IDLE_IN_TRANSACTION_TIMEOUT,
            ),
            ("synchronous_commit", synchronous_commit),
            // Statements are few and their arrays are of any length: what a plan for this
            // very length would gain, planning it each time costs several times over.
            ("plan_cache_mode", "force_generic_plan"),
        ]);
    Ok(PgPoolOptions::new()
        .max_connections(settings.connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            Box::pin(async move {
                if metadata.idle_for < TRUSTED_FOR {
                    return Ok(true);
                }
                let ping = tokio::time::timeout(PING_TIMEOUT, connection.ping());
                Ok(matches!(ping.await, Ok(Ok(()))))
            })
        })
        // sqlx waits for a released connection without a deadline, and the pool's place with it: two half-open ones
        // would be the end of a pool of two.
        .after_release(|connection, _| {
            Box::pin(async move {
                match tokio::time::timeout(RELEASE_TIMEOUT, connection.ping()).await {
                    Ok(ping) => ping.map(|()| true),
                    // An error, so that it is dropped and not closed in good order.
                    Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
                }
            })
        })
        .connect_lazy_with(options))
}
