//! The read side: the real fold of order-view over the log, fenced by a lease.

use crate::{
    faults::Fault,
    instance::topology_of,
    process::{Process, SimulatedClock},
    settings::Variant,
    system::System,
    view::{Glimpse, fold},
    world::{World, count},
};
use decider::Incoming;
use futures::future::{Either, select};
use messaging::{
    Clock, Gate,
    broker::Broker,
    stream::{Entry, Follower, FollowerSettings},
};
use orders_contract::{OrderEvent, OrderId};
use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// As the shell of order-view holds its lease.
const LEASE_MS: i64 = 3_000;
const RENEWAL: Duration = Duration::from_secs(1);
const STANDBY: Duration = Duration::from_millis(500);
const WRITE_US: u64 = 2_000;

/// The database of the read side.
pub struct View {
    world: Arc<World>,
    rows: Mutex<Rows>,
    /// Rows changed.
    pub changed: Notify,
}

#[derive(Clone, Default)]
pub struct Rows {
    pub orders: BTreeMap<OrderId, Glimpse>,
    pub next_offset: u64,
    epoch: u64,
    owner: String,
    lease_until_ms: i64,
}

#[derive(Clone, Copy)]
struct Lease {
    epoch: u64,
    next_offset: u64,
}

impl View {
    pub fn new(world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            rows: Mutex::default(),
            changed: Notify::new(),
        })
    }

    pub fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim(&self, owner: &str, now_ms: i64) -> Option<Lease> {
        let mut rows = self.rows();
        if rows.owner != owner && rows.lease_until_ms >= now_ms {
            return None;
        }
        rows.epoch += 1;
        owner.clone_into(&mut rows.owner);
        rows.lease_until_ms = now_ms + LEASE_MS;
        Some(Lease {
            epoch: rows.epoch,
            next_offset: rows.next_offset,
        })
    }

    /// Rows, offset and lease together, if the lease is still the writer's.
    fn write(&self, lease: Lease, until_ms: i64, seen: BTreeMap<OrderId, Glimpse>) -> bool {
        let mut rows = self.rows();
        if rows.epoch != lease.epoch {
            count(&self.world.tally.fenced);
            return false;
        }
        rows.next_offset = lease.next_offset;
        rows.lease_until_ms = until_ms;
        for (id, glimpse) in seen {
            let merged = match rows.orders.remove(&id) {
                Some(known) => known.merge(glimpse),
                None => glimpse,
            };
            rows.orders.insert(id, merged);
        }
        drop(rows);
        self.changed.notify_waiters();
        true
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
    let mut follower = Follower::new(broker, clock.clone(), process.entropy.clone(), settings, 0);
    loop {
        process.travel(WRITE_US).await;
        let Some(lease) = system.view.claim(&process.name, clock.now_ms()) else {
            clock.sleep(STANDBY).await;
            continue;
        };
        process.note(format_args!(
            "projects in epoch {} from {}",
            lease.epoch, lease.next_offset
        ));
        follower.seek(lease.next_offset);
        hold(&system.view, &process, lease, &mut follower).await;
        process.note(format_args!("projects no longer"));
    }
}

/// Until the lease is lost or a write fails; whoever claims next goes on from what was
/// committed.
async fn hold<B: Broker>(
    view: &View,
    process: &Process,
    mut lease: Lease,
    follower: &mut Follower<B, SimulatedClock>,
) {
    loop {
        let renewal = process.sleep_us(RENEWAL.as_micros() as u64);
        let entries = match select(pin!(follower.next()), pin!(renewal)).await {
            Either::Left((entries, _)) => entries,
            Either::Right(((), _)) => Vec::new(),
        };
        let next_offset = entries.last().map(|entry| entry.offset + 1);
        lease.next_offset = next_offset.unwrap_or(lease.next_offset);
        let seen = fold(entries.into_iter().filter_map(order_event));
        let until_ms = process.now_ms() + LEASE_MS;
        if process.world.variant == Variant::OffsetFirst {
            view.write(lease, until_ms, BTreeMap::new());
        }
        process.travel(WRITE_US).await;
        if process.struck(Fault::DiskFull) || process.struck(Fault::Serialization) {
            return;
        }
        let count = seen.len();
        if !view.write(lease, until_ms, seen) {
            process.note(format_args!("is fenced off"));
            return;
        }
        if count > 0 {
            process.note(format_args!(
                "projects {count} orders up to {}",
                lease.next_offset
            ));
        }
        process.travel(WRITE_US).await;
        if process.struck(Fault::UnknownCommitted) {
            return;
        }
    }
}

fn order_event(entry: Entry) -> Option<OrderEvent> {
    let envelope = entry.content.ok()?;
    let is_ours = envelope.kind.starts_with("order.");
    is_ours
        .then(|| OrderEvent::parse(&envelope.kind, envelope.version, &envelope.body).ok())
        .flatten()
}
