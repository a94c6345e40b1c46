//! Who holds what: consumers, what they have not settled, and readers of streams.

use super::state::{Entry, Fault, Open, State, Step, ended};
use crate::{
    broker::{BrokerError, Delivery},
    message::Message,
    topology::QueueKind,
};
use std::collections::BTreeMap;

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
        if !self.queues.contains_key(queue) {
            return Err(BrokerError::Ended(format!("no queue {queue}")));
        }
        self.next_id += 1;
        self.consumers.insert(
            self.next_id,
            Open {
                session,
                queue: queue.to_owned(),
                prefetch: usize::from(prefetch.max(1)),
                next_tag: 1,
                unacked: BTreeMap::new(),
            },
        );
        Ok(self.next_id)
    }

    /// What is ready for a consumer, within its prefetch.
    pub(super) fn deliver(&mut self, consumer: u64) -> Result<Vec<Delivery>, BrokerError> {
        let Some(name) = self.consumers.get(&consumer).map(|open| open.queue.clone()) else {
            return Err(ended());
        };
        if self
            .queues
            .get(&name)
            .is_none_or(|queue| queue.ready.is_empty())
        {
            return Ok(Vec::new());
        }
        if self.fault(&Step::Deliver { queue: &name }) == Fault::Disconnect {
            let session = self.consumers.get(&consumer).map(|open| open.session);
            session.into_iter().for_each(|id| self.end_session(id));
            return Err(ended());
        }
        let (Some(open), Some(queue)) = (
            self.consumers.get_mut(&consumer),
            self.queues.get_mut(&name),
        ) else {
            return Err(ended());
        };
        let room = open
            .prefetch
            .saturating_sub(open.unacked.len())
            .min(queue.ready.len());
        let taken = queue.ready.drain(..room).map(|entry| {
            let tag = open.next_tag;
            open.next_tag += 1;
            let delivery = delivery_of(tag, &entry);
            open.unacked.insert(tag, entry);
            delivery
        });
        Ok(taken.collect())
    }

    pub(super) fn settle(
        &mut self,
        consumer: u64,
        tag: u64,
        how: Settle,
    ) -> Result<(), BrokerError> {
        let Some(open) = self.consumers.get(&consumer) else {
            return Err(ended());
        };
        let (session, name) = (open.session, open.queue.clone());
        let broken = self.fault(&Step::Settle { queue: &name }) == Fault::Disconnect;
        let Some(open) = self
            .consumers
            .get_mut(&consumer)
            .filter(|open| !broken && open.unacked.contains_key(&tag))
        else {
            // An unknown tag is a channel exception.
            self.end_session(session);
            return Err(ended());
        };
        match how {
            Settle::One => drop(open.unacked.remove(&tag)),
            Settle::Through => open.unacked = open.unacked.split_off(&(tag + 1)),
            Settle::Reject => {
                if let Some(entry) = open.unacked.remove(&tag) {
                    self.dead_letter(&name, entry);
                }
            }
        }
        Ok(())
    }

    /// What it held goes back to the head of the queue, counted as a failed delivery.
    pub(super) fn end_consumer(&mut self, consumer: u64) {
        let Some(open) = self.consumers.remove(&consumer) else {
            return;
        };
        for (_, mut entry) in open.unacked.into_iter().rev() {
            entry.delivery_count += 1;
            self.requeue(&open.queue, entry);
        }
    }

    pub(super) fn requeue(&mut self, name: &str, entry: Entry) {
        let Some(queue) = self.queues.get_mut(name) else {
            return;
        };
        match &queue.kind {
            QueueKind::Quorum {
                delivery_limit: Some(limit),
                ..
            } if entry.delivery_count > *limit => {
                self.dead_letter(name, entry);
            }
            QueueKind::Quorum { .. } => queue.ready.push_front(entry),
            QueueKind::Stream { .. } => {}
        }
    }

    /// `None`: no such stream.
    pub(super) fn read(
        &self,
        stream: &str,
        from: u64,
        most: usize,
    ) -> Option<Vec<(u64, Delivery)>> {
        let queue = self.queues.get(stream)?;
        let entries = queue
            .ready
            .iter()
            .enumerate()
            .skip(usize::try_from(from).ok()?)
            .take(most);
        Some(
            entries
                .map(|(offset, entry)| (offset as u64, delivery_of(offset as u64 + 1, entry)))
                .collect(),
        )
    }

    pub(super) fn messages(&self, queue: &str) -> Vec<Message> {
        let queue = self.queues.get(queue);
        queue.map_or_else(Vec::new, |queue| {
            queue
                .ready
                .iter()
                .map(|entry| entry.message.clone())
                .collect()
        })
    }

    pub(super) fn unacked(&self, queue: &str) -> usize {
        self.consumers
            .values()
            .filter(|open| open.queue == queue)
            .map(|open| open.unacked.len())
            .sum()
    }
}

fn delivery_of(tag: u64, entry: &Entry) -> Delivery {
    Delivery {
        tag,
        redelivered: entry.delivery_count > 0,
        delivery_count: entry.delivery_count,
        exchange: entry.exchange.clone(),
        routing_key: entry.routing_key.clone(),
        message: entry.message.clone(),
    }
}
