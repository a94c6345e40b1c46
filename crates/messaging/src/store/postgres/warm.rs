//! Connections between two batches.
//!
//! The pool asks a connection that comes back whether it still lives: a round trip, of the eight or so that a batch
//! consists of. A loop that goes on at once finds the connection of its last batch here instead.

use super::pool::TRUSTED_FOR;
use sqlx::{Postgres, pool::PoolConnection};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

#[derive(Clone, Default)]
pub(super) struct Warm(Arc<Shelf>);

#[derive(Default)]
struct Shelf(Mutex<Vec<Kept>>);

struct Kept {
    connection: PoolConnection<Postgres>,
    since: Instant,
}

impl Warm {
    /// After a commit, and only then: whatever else happened to it, the pool asks.
    pub(super) fn keep(&self, connection: PoolConnection<Postgres>) {
        let since = Instant::now();
        self.all().push(Kept { connection, since });
    }

    /// One that was in use a moment ago. Older ones go back to the pool.
    pub(super) fn take(&self) -> Option<PoolConnection<Postgres>> {
        let mut all = self.all();
        all.retain(|kept| kept.since.elapsed() < TRUSTED_FOR);
        all.pop().map(|kept| kept.connection)
    }

    /// The list is whole between any two statements, so a panic elsewhere spoils nothing.
    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// With the store's last user the runtime may be gone, without which the pool takes nothing back: they are closed.
impl Drop for Shelf {
    fn drop(&mut self) {
        let kept = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        kept.drain(..)
            .for_each(|kept| drop(kept.connection.detach()));
    }
}
