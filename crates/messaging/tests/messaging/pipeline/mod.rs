//! The whole pipeline in memory. Time is paused: it moves when everybody waits.

mod commands;
mod messages;
mod publishing;

use crate::{
    patience::{RuntimeClock, until},
    tally::{Add, LOG, NothingToAdd, PANIC, REFUSED, SERVICE, Tally, add, garbage, topology},
};
use messaging::{
    ExecuteError, Role, Service, Settings, SplitMix,
    broker::memory::{self as broker, MemoryBroker},
    message::Message,
    pipeline::{DEAD_REASON, ORIGINAL_ROUTING_KEY},
    store::memory::{self as store, MemoryStore, Whole},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

type Counters = MemoryStore<Tally, Whole<Tally>>;

struct World {
    broker: MemoryBroker,
    store: Counters,
    service: Service<Tally>,
}

const COUNTER: Uuid = Uuid::from_u128(7);

impl World {
    /// Running and connected.
    async fn start() -> Self {
        let world = Self::start_with(MemoryBroker::new(), Counters::new());
        world.connected().await;
        world
    }

    fn start_with(broker: MemoryBroker, store: Counters) -> Self {
        let settings = Settings::new(SERVICE, topology());
        let entropy = Arc::new(SplitMix::from_seed(1));
        let service = Service::start(
            broker.clone(),
            store.clone(),
            RuntimeClock::new(),
            entropy,
            settings,
        );
        Self {
            broker,
            store,
            service,
        }
    }

    /// A probe that nobody counts goes through queue and outbox.
    async fn connected(&self) {
        let probe = Uuid::from_u128(1);
        let id = Some(probe.to_string());
        until("probe told on", || {
            self.broker.publish(&add(probe, 0, 1));
            self.told().iter().any(|told| told.correlation_id == id)
        })
        .await;
        self.quiet().await;
    }

    fn total(&self) -> i64 {
        self.store
            .tables()
            .0
            .get(&COUNTER)
            .copied()
            .unwrap_or_default()
    }

    /// What was told of the probes and the counter.
    fn told(&self) -> Vec<Message> {
        let log = self.broker.messages(LOG).into_iter();
        log.filter(|message| message.kind.as_deref() == Some("tally.added"))
            .collect()
    }

    fn told_of_counter(&self) -> usize {
        let told = self.told();
        told.iter()
            .filter(|m| m.correlation_id == Some(COUNTER.to_string()))
            .count()
    }

    fn dead(&self) -> Vec<Message> {
        self.broker.messages("tally.dead")
    }

    /// Nothing queued, nothing in flight, nothing owed.
    async fn quiet(&self) {
        until("quiet", || {
            self.broker.messages(SERVICE).is_empty()
                && self.broker.unacked(SERVICE) == 0
                && self.store.outbox().is_empty()
        })
        .await;
    }
}

/// Dead letters take different lanes: their order means nothing.
fn reasons(world: &World) -> Vec<String> {
    let dead = world.dead();
    let reasons = dead
        .iter()
        .filter_map(|letter| letter.headers.text(DEAD_REASON));
    let mut reasons: Vec<_> = reasons.map(str::to_owned).collect();
    reasons.sort();
    reasons
}

fn once(
    at: store::Step,
    fault: store::Fault,
) -> impl FnMut(store::Step) -> store::Fault + Send + 'static {
    let mut armed = true;
    move |step| match step == at && std::mem::take(&mut armed) {
        true => fault,
        false => store::Fault::Pass,
    }
}
