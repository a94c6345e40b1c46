//! A store in memory with the semantics of a serializable transaction: copy, commit or
//! drop. Of two that overlap, the later to commit is told to run again.

mod transaction;

pub use transaction::MemoryTx;

use super::{InboxRow, Level, Outbox, OutboxRow, Store, StoreError, lease_ms};
use decider::Decider;
use std::{
    collections::BTreeMap,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// How a core's state is kept.
pub trait Tables<P: Decider>: Clone + Default + Send + 'static {
    fn load(&self, commands: &[P::Command]) -> P::State;
    fn save(&mut self, before: &P::State, after: &P::State, events: &[P::Event]);
    fn census(&self) -> Vec<(String, i64)> {
        Vec::new()
    }
}

/// The whole state is the table: enough for every core whose state is its world.
#[derive(Clone, Debug)]
pub struct Whole<P: Decider>(pub P::State);

impl<P: Decider> Default for Whole<P> {
    fn default() -> Self {
        Self(P::State::default())
    }
}

impl<P: Decider + Clone> Tables<P> for Whole<P> {
    fn load(&self, _: &[P::Command]) -> P::State {
        self.0.clone()
    }

    fn save(&mut self, _: &P::State, after: &P::State, _: &[P::Event]) {
        self.0 = after.clone();
    }
}

/// Where a fault can be injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Begin,
    Load,
    Save,
    Commit,
    /// Anything of [`Outbox`].
    Outbox,
}

/// What goes wrong at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Pass,
    Conflict,
    Unavailable,
    /// The data's fault.
    Data,
    /// Commit: it happened, and nobody is told.
    UnknownCommitted,
    /// Commit: it did not happen, and nobody is told.
    UnknownAborted,
}

type Faults = Box<dyn FnMut(Step) -> Fault + Send>;

struct World<T> {
    inbox: BTreeMap<Uuid, InboxRow>,
    outbox: BTreeMap<Uuid, OutboxRow>,
    tables: T,
    /// Counts commits, so that a transaction sees that another came first.
    version: u64,
    faults: Option<Faults>,
}

/// Cheap to clone; clones are the same store.
pub struct MemoryStore<P, T> {
    world: Arc<Mutex<World<T>>>,
    core: PhantomData<fn() -> P>,
}

impl<P, T> Clone for MemoryStore<P, T> {
    fn clone(&self) -> Self {
        Self {
            world: Arc::clone(&self.world),
            core: PhantomData,
        }
    }
}

impl<P: Decider, T: Tables<P>> Default for MemoryStore<P, T> {
    fn default() -> Self {
        let world = World {
            inbox: BTreeMap::new(),
            outbox: BTreeMap::new(),
            tables: T::default(),
            version: 0,
            faults: None,
        };
        Self {
            world: Arc::new(Mutex::new(world)),
            core: PhantomData,
        }
    }
}

impl<P: Decider, T: Tables<P>> MemoryStore<P, T> {
    pub fn new() -> Self {
        Self::default()
    }

    /// Asked at each step what should go wrong there. Replaces the one before.
    pub fn inject(&self, fault: impl FnMut(Step) -> Fault + Send + 'static) {
        self.lock().faults = Some(Box::new(fault));
    }

    pub fn heal(&self) {
        self.lock().faults = None;
    }

    /// The committed tables.
    pub fn tables(&self) -> T {
        self.lock().tables.clone()
    }

    /// The committed outbox, by id.
    pub fn outbox(&self) -> Vec<OutboxRow> {
        self.lock().outbox.values().cloned().collect()
    }

    /// The ids of the messages handled.
    pub fn inbox(&self) -> Vec<Uuid> {
        self.lock().inbox.keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, World<T>> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self, step: Step) -> Result<MutexGuard<'_, World<T>>, StoreError> {
        let mut world = self.lock();
        match world.fault(step) {
            Fault::Conflict => Err(StoreError::Conflict("injected".to_owned())),
            Fault::Unavailable => Err(StoreError::Unavailable("injected".to_owned())),
            Fault::Data => Err(StoreError::Fault("injected".to_owned())),
            Fault::Pass | Fault::UnknownCommitted | Fault::UnknownAborted => Ok(world),
        }
    }
}

impl<T> World<T> {
    fn fault(&mut self, step: Step) -> Fault {
        self.faults
            .as_mut()
            .map_or(Fault::Pass, |faults| faults(step))
    }
}

impl<P: Decider, T: Tables<P>> Outbox for MemoryStore<P, T> {
    async fn outbox_delete(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        let mut world = self.reach(Step::Outbox)?;
        ids.iter().for_each(|id| drop(world.outbox.remove(id)));
        Ok(())
    }

    async fn outbox_claim(&self, now_ms: i64, rows_max: u32) -> Result<Vec<OutboxRow>, StoreError> {
        let mut world = self.reach(Step::Outbox)?;
        let rows = world.outbox.values_mut();
        let mut due: Vec<_> = rows
            .filter(|row| row.next_attempt_at_ms <= now_ms)
            .collect();
        due.sort_by_key(|row| row.next_attempt_at_ms);
        due.truncate(rows_max as usize);
        let claimed = due.into_iter().map(|row| {
            row.attempts += 1;
            row.next_attempt_at_ms = now_ms + lease_ms(row.attempts);
            row.clone()
        });
        Ok(claimed.collect())
    }

    async fn outbox_level(&self) -> Result<Level, StoreError> {
        let world = self.reach(Step::Outbox)?;
        let rows = world.outbox.values();
        Ok(Level {
            rows: rows.len() as u64,
            oldest_at_ms: rows.map(|row| row.envelope.occurred_at_ms).min(),
        })
    }

    async fn inbox_prune(&self, before_ms: i64, rows_max: u32) -> Result<u64, StoreError> {
        let mut world = self.reach(Step::Outbox)?;
        let old = world
            .inbox
            .values()
            .filter(|row| row.received_at_ms < before_ms);
        let ids: Vec<Uuid> = old
            .take(rows_max as usize)
            .map(|row| row.message_id)
            .collect();
        ids.iter().for_each(|id| drop(world.inbox.remove(id)));
        Ok(ids.len() as u64)
    }

    async fn census(&self) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(self.reach(Step::Outbox)?.tables.census())
    }
}

impl<P: Decider, T: Tables<P>> Store<P> for MemoryStore<P, T> {
    type Tx = MemoryTx<P, T>;

    async fn begin(&self) -> Result<MemoryTx<P, T>, StoreError> {
        let (version, tables) = {
            let world = self.reach(Step::Begin)?;
            (world.version, world.tables.clone())
        };
        Ok(MemoryTx {
            store: self.clone(),
            version,
            tables,
            inbox: BTreeMap::new(),
            outbox: Vec::new(),
            saved: false,
        })
    }
}
