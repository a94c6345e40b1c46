//! The read side: the projector of order-view, over a database in simulated time.

use crate::{
    faults::Fault,
    instance::topology_of,
    process::{Process, SimulatedClock},
    settings::Variant,
    system::System,
    world::{World, count},
};
use messaging::{
    Gate,
    clock::within,
    store::{CommitError, StoreError},
    stream::{Follower, FollowerSettings},
};
use order_view::{
    lease::Projecting,
    projector::Projector,
    read_model::{ReadModel, Transaction},
    view::Glimpse,
};
use orders_contract::OrderId;
use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// A statement and its answer, at most.
const STATEMENT_US: u64 = 1_500;
/// As the real pool sets it.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

/// The database of the read side: it outlives the processes.
pub struct View {
    world: Arc<World>,
    rows: Mutex<Rows>,
    /// Rows changed.
    pub changed: Notify,
    /// A transaction ended.
    released: Notify,
}

#[derive(Default)]
pub struct Rows {
    pub orders: BTreeMap<OrderId, Glimpse>,
    pub projecting: Projecting,
    /// Commits that moved the projector's row.
    pub moves: usize,
    /// Those of them that moved it back: who, and from where to where.
    pub setbacks: Vec<String>,
    /// The transaction that holds the projector's row.
    locked_by: Option<u64>,
    last_transaction: u64,
    /// The epoch that each instance claimed last.
    claimed: BTreeMap<String, i64>,
}

impl View {
    pub fn new(world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            rows: Mutex::default(),
            changed: Notify::new(),
            released: Notify::new(),
        })
    }

    pub fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    fn put(&mut self, row: Projecting, process: &Process) {
        let known = &self.projecting;
        self.moves += 1;
        if row.epoch < known.epoch || row.next_offset < known.next_offset {
            let (from, to) = (known.lease(), row.lease());
            self.setbacks
                .push(format!("{}: {from:?} -> {to:?}", process.name));
        }
        if row.epoch > known.epoch {
            self.claimed.insert(process.name.clone(), row.epoch);
            process.note(format_args!("projects: {:?}", row.lease()));
        }
        self.projecting = row;
    }

    /// Whether `who` claimed it last, and somebody else has it now; said once.
    fn is_taken_over(&mut self, who: &str) -> bool {
        let is_taken = |epoch: &i64| *epoch < self.projecting.epoch;
        let taken = self.claimed.get(who).is_some_and(is_taken);
        if taken {
            self.claimed.remove(who);
        }
        taken
    }
}

/// Follows the log while it holds the lease; stands by while another instance does.
pub async fn run(system: Arc<System>, process: Arc<Process>) {
    let clock = SimulatedClock(Arc::clone(&process));
    let settings = FollowerSettings {
        stream: topology::EVENTS_LOG.to_owned(),
        topology: Arc::new(topology_of(orders_contract::QUEUE)),
        prefetch: 512,
        gate: Gate::unwatched(),
    };
    let broker = system.broker.client(&process);
    let follower = Follower::new(broker, clock.clone(), process.entropy.clone(), settings, 0);
    let projector = Projector {
        owner: process.name.clone(),
        model: SimReadModel {
            view: Arc::clone(&system.view),
            process,
        },
        clock,
    };
    projector.run(follower, std::future::pending()).await;
}

/// The database, as one process reaches it.
struct SimReadModel {
    view: Arc<View>,
    process: Arc<Process>,
}

impl ReadModel for SimReadModel {
    type Tx = SimTx;

    async fn look(&self) -> Result<Projecting, StoreError> {
        self.process.travel(STATEMENT_US).await;
        Ok(self.view.rows().projecting.clone())
    }

    async fn begin(&self) -> Result<SimTx, StoreError> {
        self.process.travel(STATEMENT_US).await;
        let mut rows = self.view.rows();
        rows.last_transaction += 1;
        Ok(SimTx {
            view: Arc::clone(&self.view),
            process: Arc::clone(&self.process),
            id: rows.last_transaction,
            row: None,
            glimpses: BTreeMap::new(),
        })
    }
}

/// What it would change is seen by nobody before the commit.
struct SimTx {
    view: Arc<View>,
    process: Arc<Process>,
    id: u64,
    row: Option<Projecting>,
    glimpses: BTreeMap<OrderId, Glimpse>,
}

impl SimTx {
    async fn statement(&self) -> Result<(), StoreError> {
        self.process.travel(STATEMENT_US).await;
        if self.process.struck(Fault::DiskFull) {
            let text = "53100: could not extend file: No space left on device";
            return Err(StoreError::Unavailable(text.to_owned()));
        }
        if self.process.struck(Fault::Serialization) {
            let text = "40001: could not serialize access";
            return Err(StoreError::Conflict(text.to_owned()));
        }
        Ok(())
    }

    /// All of it at once.
    fn apply(&mut self) {
        let mut rows = self.view.rows();
        if let Some(row) = self.row.take() {
            rows.put(row, &self.process);
        }
        let glimpses = std::mem::take(&mut self.glimpses);
        if glimpses.is_empty() {
            return;
        }
        self.process.note(format_args!(
            "projects {} orders up to {}",
            glimpses.len(),
            rows.projecting.next_offset
        ));
        for (id, glimpse) in glimpses {
            let merged = match rows.orders.remove(&id) {
                Some(known) => known.merge(glimpse),
                None => glimpse,
            };
            rows.orders.insert(id, merged);
        }
        drop(rows);
        self.view.changed.notify_waiters();
    }

    fn end(&mut self) {
        let mut rows = self.view.rows();
        if rows.locked_by == Some(self.id) {
            rows.locked_by = None;
            drop(rows);
            self.view.released.notify_waiters();
        }
    }
}

impl Drop for SimTx {
    fn drop(&mut self) {
        self.end();
    }
}

impl Transaction for SimTx {
    async fn projecting(&mut self) -> Result<Projecting, StoreError> {
        self.statement().await?;
        let (view, id) = (&self.view, self.id);
        let wait = async {
            loop {
                let mut released = pin!(view.released.notified());
                released.as_mut().enable();
                {
                    let mut rows = view.rows();
                    if rows.locked_by.is_none_or(|holder| holder == id) {
                        rows.locked_by = Some(id);
                        return rows.projecting.clone();
                    }
                }
                released.await;
            }
        };
        let clock = SimulatedClock(Arc::clone(&self.process));
        let Some(row) = within(&clock, STATEMENT_TIMEOUT, wait).await else {
            let text = "57014: canceling statement due to statement timeout";
            return Err(StoreError::Unavailable(text.to_owned()));
        };
        if view.rows().is_taken_over(&self.process.name) {
            count(&view.world.tally.taken_over);
            self.process.note(format_args!("finds its lease taken"));
        }
        Ok(row)
    }

    async fn keep(&mut self, row: &Projecting) -> Result<(), StoreError> {
        self.statement().await?;
        if self.process.world.variant == Variant::OffsetFirst {
            self.view.rows().put(row.clone(), &self.process);
        }
        self.row = Some(row.clone());
        Ok(())
    }

    async fn show(&mut self, glimpses: &BTreeMap<OrderId, Glimpse>) -> Result<(), StoreError> {
        self.statement().await?;
        self.glimpses.clone_from(glimpses);
        Ok(())
    }

    async fn commit(mut self) -> Result<(), CommitError> {
        self.statement().await?;
        let lost = || {
            let text = "connection lost during commit";
            Err(CommitError::Unknown(text.to_owned()))
        };
        if self.process.struck(Fault::UnknownAborted) {
            return lost();
        }
        self.apply();
        self.end();
        self.process.may_stop(Fault::StopAfterCommit).await;
        if self.process.struck(Fault::UnknownCommitted) {
            return lost();
        }
        self.process.travel(STATEMENT_US).await;
        Ok(())
    }
}
