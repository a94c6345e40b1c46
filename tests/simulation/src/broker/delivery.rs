//! Who holds a message, and how it is given back.

use super::state::{Held, State, Stored};
use messaging::{
    broker::{BrokerError, Delivery},
    message::Publication,
    topology::QueueKind,
};
use std::{collections::BTreeMap, sync::Arc, task::Waker};

pub(super) fn ended() -> BrokerError {
    BrokerError::Ended("connection reset".to_owned())
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Settle {
    One,
    Through,
    Reject,
}

impl State {
    pub(super) fn consume(
        &mut self,
        session: u64,
        queue: &str,
        prefetch: u16,
    ) -> Result<u64, BrokerError> {
        if !self.is_open(session) || !self.queues.contains_key(queue) {
            return Err(ended());
        }
        let id = self.next_id();
        self.consumers.insert(
            id,
            Held {
                session,
                queue: queue.to_owned(),
                prefetch: usize::from(prefetch.max(1)),
                next_tag: 1,
                unsettled: BTreeMap::new(),
            },
        );
        Ok(id)
    }

    /// How many messages a consumer could be given now.
    pub(super) fn available(&self, consumer: u64) -> Result<usize, BrokerError> {
        let held = self.consumers.get(&consumer).ok_or_else(ended)?;
        let ready = self
            .queues
            .get(&held.queue)
            .map_or(0, |queue| queue.ready.len());
        Ok(ready.min(held.prefetch.saturating_sub(held.unsettled.len())))
    }

    pub(super) fn await_messages(&mut self, consumer: u64, waker: &Waker) {
        let Some(held) = self.consumers.get(&consumer) else {
            return;
        };
        if let Some(queue) = self.queues.get_mut(&held.queue) {
            queue.waiting.insert(consumer, waker.clone());
        }
    }

    /// The message at a place in the queue, from now on held by the consumer.
    pub(super) fn deliver(&mut self, consumer: u64, place: usize) -> Option<Delivery> {
        let held = self.consumers.get_mut(&consumer)?;
        let stored = self.queues.get_mut(&held.queue)?.ready.remove(place)?;
        let tag = held.next_tag;
        held.next_tag += 1;
        let delivery = delivery(tag, &stored);
        held.unsettled.insert(tag, stored);
        Some(delivery)
    }

    pub(super) fn settle(
        &mut self,
        consumer: u64,
        tag: u64,
        how: Settle,
    ) -> (Result<(), BrokerError>, Vec<Waker>) {
        let Some(held) = self.consumers.get_mut(&consumer) else {
            return (Err(ended()), Vec::new());
        };
        if !held.unsettled.contains_key(&tag) {
            // An unknown tag is a channel exception.
            let session = held.session;
            return (Err(ended()), self.end_session(session));
        }
        let mut wakers = Vec::new();
        match how {
            Settle::One => drop(held.unsettled.remove(&tag)),
            Settle::Through => held.unsettled = held.unsettled.split_off(&(tag + 1)),
            Settle::Reject => {
                let queue = held.queue.clone();
                if let Some(stored) = held.unsettled.remove(&tag) {
                    wakers = self.dead_letter(&queue, stored);
                }
            }
        }
        (Ok(()), wakers)
    }

    /// What it held goes back to the head of the queue, counted as a failed delivery.
    pub(super) fn end_consumer(&mut self, consumer: u64) -> Vec<Waker> {
        let Some(held) = self.consumers.remove(&consumer) else {
            return Vec::new();
        };
        let mut wakers = Vec::new();
        if let Some(queue) = self.queues.get_mut(&held.queue) {
            wakers.extend(queue.waiting.remove(&consumer));
        }
        for (_, mut stored) in held.unsettled.into_iter().rev() {
            stored.deliveries += 1;
            wakers.extend(self.requeue(&held.queue, stored));
        }
        wakers
    }

    fn requeue(&mut self, name: &str, stored: Stored) -> Vec<Waker> {
        let Some(queue) = self.queues.get_mut(name) else {
            return Vec::new();
        };
        let is_given_up = matches!(&queue.kind, QueueKind::Quorum { delivery_limit: Some(limit), .. }
            if stored.deliveries > *limit);
        if is_given_up {
            return self.dead_letter(name, stored);
        }
        queue.ready.push_front(stored);
        std::mem::take(&mut queue.waiting).into_values().collect()
    }

    fn dead_letter(&mut self, name: &str, stored: Stored) -> Vec<Waker> {
        let kind = self.queues.get(name).map(|queue| queue.kind.clone());
        let Some(QueueKind::Quorum {
            dead_letter: Some((exchange, routing_key)),
            ..
        }) = kind
        else {
            return Vec::new();
        };
        let letter = Publication {
            exchange: exchange.into(),
            routing_key,
            message: stored.publication.message.clone(),
        };
        let targets = self.targets(&letter);
        let letter = Arc::new(letter);
        let mut wakers = Vec::new();
        for target in targets.iter() {
            let stored = Stored {
                id: self.next_id(),
                publication: Arc::clone(&letter),
                deliveries: 0,
            };
            wakers.extend(self.push(target, stored));
        }
        wakers
    }
}

pub(super) fn delivery(tag: u64, stored: &Stored) -> Delivery {
    let publication = &stored.publication;
    Delivery {
        tag,
        redelivered: stored.deliveries > 0,
        delivery_count: stored.deliveries,
        exchange: publication.exchange.to_string(),
        routing_key: publication.routing_key.clone(),
        message: publication.message.clone(),
    }
}
