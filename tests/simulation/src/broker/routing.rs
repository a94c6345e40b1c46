//! Who gets a message: bindings, and what may happen on the way into a queue.

use super::{Server, poison::poison, state::State, state::Stored};
use crate::{
    faults::Fault,
    process::{OUTSIDE, Process},
    world::Blow,
};
use messaging::{
    Entropy,
    message::Publication,
    topology::{ExchangeKind, QueueKind, matches},
};
use std::{sync::Arc, task::Waker};

/// The longest a stored message stays out of sight: a leader election.
const DELAY_US_MAX: u64 = 4_000_000;

impl State {
    pub(super) fn targets(&mut self, publication: &Publication) -> Arc<[String]> {
        let key = (
            publication.exchange.to_string(),
            publication.routing_key.clone(),
        );
        if let Some(known) = self.routes.get(&key) {
            return Arc::clone(known);
        }
        let kind = self.exchanges.get(&key.0).copied();
        let hears = |pattern: &str| match kind {
            Some(ExchangeKind::Topic) => matches(pattern, &key.1),
            Some(ExchangeKind::Direct) => pattern == key.1,
            None => false,
        };
        let mut targets: Vec<String> = (self.bindings.iter())
            .filter(|binding| binding.exchange == key.0 && hears(&binding.routing_key))
            .map(|binding| binding.queue.clone())
            .collect();
        targets.sort_unstable();
        targets.dedup();
        let targets: Arc<[String]> = targets.into();
        self.routes.insert(key, Arc::clone(&targets));
        targets
    }

    pub(super) fn push(&mut self, queue: &str, stored: Stored) -> Vec<Waker> {
        self.queues.get_mut(queue).map_or_else(Vec::new, |queue| {
            queue.ready.push_back(stored);
            std::mem::take(&mut queue.waiting).into_values().collect()
        })
    }
}

/// How many queues there were to reach, and the ids stored in those that were.
pub(super) fn put(
    server: &Arc<Server>,
    process: &Arc<Process>,
    publication: &Arc<Publication>,
    mut reached: impl FnMut() -> bool,
) -> (usize, Vec<u64>) {
    let mut state = server.lock();
    let targets = state.targets(publication);
    let (mut ids, mut wakers, mut later) = (Vec::new(), Vec::new(), Vec::new());
    for target in targets.iter().filter(|_| reached()) {
        let is_stream = state
            .queues
            .get(target)
            .is_some_and(|queue| matches!(queue.kind, QueueKind::Stream { .. }));
        if !is_stream && let Some(pill) = poison(process, target) {
            let stored = Stored {
                id: state.next_id(),
                publication: Arc::new(pill),
                deliveries: 0,
            };
            wakers.extend(state.push(target, stored));
        }
        let id = publication.message.id.as_deref().unwrap_or_default();
        let twice =
            process.struck(Fault::Duplicate) || server.world.aimed(Blow::DeliverTwice, target, id);
        for _ in 0..1 + usize::from(twice) {
            let stored = Stored {
                id: state.next_id(),
                publication: Arc::clone(publication),
                deliveries: 0,
            };
            ids.push(stored.id);
            state.unconfirmed.insert(stored.id);
            if !is_stream && process.struck(Fault::Delay) {
                state.delayed += 1;
                later.push((target.clone(), stored));
            } else {
                wakers.extend(state.push(target, stored));
            }
        }
    }
    drop(state);
    wakers.into_iter().for_each(Waker::wake);
    for (queue, stored) in later {
        tokio::spawn(appear(Arc::clone(server), queue, stored));
    }
    (targets.len(), ids)
}

/// Stored, and seen by consumers only after a while.
async fn appear(server: Arc<Server>, queue: String, stored: Stored) {
    let world = Arc::clone(&server.world);
    let wait_us = world.dice.below(DELAY_US_MAX);
    let broker = Process::new(&world, OUTSIDE, "broker".to_owned(), 0);
    broker.sleep_us(wait_us).await;
    server.change(|state| {
        state.delayed -= 1;
        ((), state.push(&queue, stored))
    });
}
