//! What the broker knows.

use messaging::{
    message::Publication,
    topology::{Binding, ExchangeKind, QueueKind, Topology},
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    task::Waker,
};

/// A message in a queue.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Grows with each message stored anywhere.
    pub id: u64,
    pub publication: Arc<Publication>,
    pub deliveries: u32,
}

pub(super) struct Queue {
    pub(super) kind: QueueKind,
    /// Of a stream: the whole log.
    pub(super) ready: VecDeque<Stored>,
    pub(super) waiting: BTreeMap<u64, Waker>,
}

pub(super) struct Held {
    pub(super) session: u64,
    pub(super) queue: String,
    pub(super) prefetch: usize,
    pub(super) next_tag: u64,
    pub(super) unsettled: BTreeMap<u64, Stored>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) exchanges: BTreeMap<String, ExchangeKind>,
    pub(super) bindings: Vec<Binding>,
    pub(super) queues: BTreeMap<String, Queue>,
    /// Queues by exchange and routing key; emptied when a binding is added.
    pub(super) routes: BTreeMap<(String, String), Arc<[String]>>,
    /// Who waits for the end of a session.
    pub(super) sessions: BTreeMap<u64, BTreeMap<u8, Waker>>,
    pub(super) consumers: BTreeMap<u64, Held>,
    /// Stored, and nobody was told so.
    pub(super) unconfirmed: BTreeSet<u64>,
    /// Stored and not yet visible.
    pub(super) delayed: usize,
    pub(super) down_until_us: u64,
    pub(super) blocked_until_us: u64,
    pub(super) last_id: u64,
}

impl State {
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn declare(&mut self, topology: &Topology) {
        for exchange in &topology.exchanges {
            self.exchanges.insert(exchange.name.clone(), exchange.kind);
        }
        for queue in &topology.queues {
            self.queues
                .entry(queue.name.clone())
                .or_insert_with(|| Queue {
                    kind: queue.kind.clone(),
                    ready: VecDeque::new(),
                    waiting: BTreeMap::new(),
                });
        }
        for binding in &topology.bindings {
            if !self.bindings.contains(binding) {
                self.bindings.push(binding.clone());
                self.routes.clear();
            }
        }
    }

    pub(super) fn open_session(&mut self) -> u64 {
        let id = self.next_id();
        self.sessions.insert(id, BTreeMap::new());
        id
    }

    pub(super) fn is_open(&self, session: u64) -> bool {
        self.sessions.contains_key(&session)
    }

    /// Whoever waits on it is to be woken.
    pub(super) fn end_session(&mut self, session: u64) -> Vec<Waker> {
        let Some(waiting) = self.sessions.remove(&session) else {
            return Vec::new();
        };
        let mut wakers: Vec<Waker> = waiting.into_values().collect();
        let held = self
            .consumers
            .iter()
            .filter(|(_, held)| held.session == session);
        let consumers: Vec<u64> = held.map(|(id, _)| *id).collect();
        for consumer in consumers {
            wakers.extend(self.end_consumer(consumer));
        }
        wakers
    }

    /// How many were lost.
    pub(super) fn lose_unconfirmed(&mut self, mut is_lost: impl FnMut() -> bool) -> usize {
        let unconfirmed = std::mem::take(&mut self.unconfirmed);
        let mut lost = 0;
        for queue in self.queues.values_mut() {
            if matches!(queue.kind, QueueKind::Quorum { .. }) {
                let before = queue.ready.len();
                queue
                    .ready
                    .retain(|stored| !(unconfirmed.contains(&stored.id) && is_lost()));
                lost += before - queue.ready.len();
            }
        }
        lost
    }

    pub(super) fn is_idle(&self) -> bool {
        let mut participants = self.queues.values().filter(|queue| {
            matches!(
                queue.kind,
                QueueKind::Quorum {
                    dead_letter: Some(_),
                    ..
                }
            )
        });
        self.delayed == 0
            && participants.all(|queue| queue.ready.is_empty())
            && self
                .consumers
                .values()
                .all(|held| held.unsettled.is_empty())
    }

    pub(super) fn stored(&self, queue: &str) -> Vec<Stored> {
        self.queues
            .get(queue)
            .map_or_else(Vec::new, |queue| queue.ready.iter().cloned().collect())
    }
}
