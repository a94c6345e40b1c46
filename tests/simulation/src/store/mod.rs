//! A database in simulated time: rows, locks and unique keys, one for each service.
//!
//! READ COMMITTED as the SQL stores use it: rows are locked when they are loaded, a
//! statement waits for whoever holds what it needs and then reads what is committed; a
//! key that was inserted meanwhile is taken. Locks of one statement are taken together,
//! and every transaction takes them in the same order of statements, so nobody waits in
//! a circle.
//!
//! - [`tables`]: what each service keeps. [`locks`]: who holds what.
//! - [`transaction`], [`outbox`]: the seam of `messaging`.

mod locks;
mod outbox;
pub mod tables;
mod transaction;

use crate::{faults::Fault, process::Process, world::World};
use decider::Decider;
use locks::Locks;
use messaging::store::{InboxRow, OutboxRow, Store, StoreError};
use std::{
    collections::{BTreeMap, BTreeSet},
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tables::Tables;
use tokio::sync::Notify;
pub use transaction::SimTransaction;
use uuid::Uuid;

/// A statement and its answer, at most.
const STATEMENT_US: u64 = 1_500;

/// The server of one service: it outlives the processes.
pub struct Database<T> {
    pub service: &'static str,
    world: Arc<World>,
    content: Mutex<Content<T>>,
    /// Locks were released.
    released: Notify,
}

#[derive(Default)]
pub struct Content<T> {
    pub inbox: BTreeMap<Uuid, InboxRow>,
    pub outbox: BTreeMap<Uuid, OutboxRow>,
    pub tables: T,
    locks: Locks,
    open: BTreeSet<u64>,
    last_transaction: u64,
    /// Replicas of the relay at their claim, and the rows they look at.
    claiming: BTreeMap<u64, BTreeSet<Uuid>>,
    down_until_us: u64,
}

impl<T: Default> Database<T> {
    pub fn new(world: &Arc<World>, service: &'static str) -> Arc<Self> {
        Arc::new(Self {
            service,
            world: Arc::clone(world),
            content: Mutex::default(),
            released: Notify::new(),
        })
    }

    /// What is committed.
    pub fn read<R>(&self, read: impl FnOnce(&Content<T>) -> R) -> R {
        read(&self.lock())
    }

    pub fn change<R>(&self, change: impl FnOnce(&mut Content<T>) -> R) -> R {
        change(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Content<T>> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the director does to any database.
pub trait Server {
    /// Every transaction is undone. Back at `until_us`.
    fn restart(&self, until_us: u64);
    fn is_outbox_empty(&self) -> bool;
}

impl<T: Default> Server for Database<T> {
    fn restart(&self, until_us: u64) {
        let mut content = self.lock();
        content.down_until_us = until_us;
        content.open.clear();
        content.locks = Locks::default();
        drop(content);
        self.world
            .note(self.service, format_args!("database restarts"));
        self.released.notify_waiters();
    }

    fn is_outbox_empty(&self) -> bool {
        self.lock().outbox.is_empty()
    }
}

/// The database, as one process reaches it.
pub struct SimStore<P, T> {
    database: Arc<Database<T>>,
    process: Arc<Process>,
    core: PhantomData<fn() -> P>,
}

impl<P, T> SimStore<P, T> {
    pub fn new(database: &Arc<Database<T>>, process: &Arc<Process>) -> Self {
        Self {
            database: Arc::clone(database),
            process: Arc::clone(process),
            core: PhantomData,
        }
    }
}

impl<P, T> Clone for SimStore<P, T> {
    fn clone(&self) -> Self {
        Self::new(&self.database, &self.process)
    }
}

/// A statement's way to the server, where it may find that there is none.
async fn reach<T: Default>(database: &Database<T>, process: &Process) -> Result<(), StoreError> {
    process.travel(STATEMENT_US).await;
    if database.lock().down_until_us > process.world.timeline.now_us() {
        return Err(StoreError::Unavailable("connection refused".to_owned()));
    }
    if process.struck(Fault::DiskFull) {
        return Err(StoreError::Unavailable(
            "53100: could not extend file: No space left on device".to_owned(),
        ));
    }
    Ok(())
}

impl<P: Decider, T: Tables<P>> Store<P> for SimStore<P, T> {
    type Tx = SimTransaction<P, T>;

    async fn begin(&self) -> Result<SimTransaction<P, T>, StoreError> {
        reach(&self.database, &self.process).await?;
        let mut content = self.database.lock();
        content.last_transaction += 1;
        let id = content.last_transaction;
        content.open.insert(id);
        drop(content);
        Ok(SimTransaction::new(
            Arc::clone(&self.database),
            Arc::clone(&self.process),
            id,
        ))
    }
}
