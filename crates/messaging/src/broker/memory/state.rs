//! Exchanges, queues, streams and who consumes them.

use crate::{
    broker::{BrokerError, Delivery, Outcome, Role},
    message::{Message, Publication},
    topology::{Binding, ExchangeKind, QueueKind, Topology, matches},
};
use std::collections::{BTreeMap, VecDeque};

/// Where a fault can be injected.
#[derive(Debug)]
pub enum Step<'a> {
    Connect(Role),
    Publish(&'a Publication),
    Deliver { queue: &'a str },
    Settle { queue: &'a str },
}

/// What goes wrong at a step. One that makes no sense there passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Pass,
    /// The session ends before the step has an effect.
    Disconnect,
    /// Publish: not stored, never confirmed.
    Lose,
    /// Publish: stored, never confirmed.
    LoseConfirm,
    /// Publish: refused.
    Nack,
    /// Publish: stored twice, as a retry of another publisher would.
    Twice,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    exchange: String,
    routing_key: String,
    message: Message,
    delivery_count: u32,
}

#[derive(Debug)]
struct Queue {
    kind: QueueKind,
    /// Of a stream: the whole log.
    ready: VecDeque<Entry>,
}

#[derive(Debug)]
struct Open {
    session: u64,
    queue: String,
    prefetch: usize,
    next_tag: u64,
    unacked: BTreeMap<u64, Entry>,
}

type Faults = Box<dyn FnMut(&Step<'_>) -> Fault + Send>;

#[derive(Default)]
pub(super) struct State {
    exchanges: BTreeMap<String, ExchangeKind>,
    queues: BTreeMap<String, Queue>,
    bindings: Vec<Binding>,
    sessions: BTreeMap<u64, Role>,
    consumers: BTreeMap<u64, Open>,
    next_id: u64,
    pub(super) blocked: bool,
    pub(super) faults: Option<Faults>,
}

pub(super) fn ended() -> BrokerError {
    BrokerError::Ended("session cut".to_owned())
}

impl State {
    pub(super) fn fault(&mut self, step: &Step<'_>) -> Fault {
        self.faults
            .as_mut()
            .map_or(Fault::Pass, |faults| faults(step))
    }

    pub(super) fn connect(&mut self, role: Role) -> Result<u64, BrokerError> {
        if self.fault(&Step::Connect(role)) != Fault::Pass {
            return Err(BrokerError::Unreachable("connection refused".to_owned()));
        }
        self.next_id += 1;
        self.sessions.insert(self.next_id, role);
        Ok(self.next_id)
    }

    pub(super) fn is_open(&self, session: u64) -> bool {
        self.sessions.contains_key(&session)
    }

    pub(super) fn disconnect(&mut self, role: Option<Role>) {
        let hit = |of: &Role| role.is_none_or(|role| role == *of);
        let ids: Vec<u64> = self
            .sessions
            .iter()
            .filter(|(_, of)| hit(of))
            .map(|(id, _)| *id)
            .collect();
        ids.into_iter().for_each(|id| self.end_session(id));
    }

    pub(super) fn end_session(&mut self, session: u64) {
        self.sessions.remove(&session);
        let of = self
            .consumers
            .iter()
            .filter(|(_, open)| open.session == session);
        let ids: Vec<u64> = of.map(|(id, _)| *id).collect();
        ids.into_iter().for_each(|id| self.end_consumer(id));
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

    fn requeue(&mut self, name: &str, entry: Entry) {
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

    /// At-least-once: without a route to a dead-letter queue it stays where it is.
    fn dead_letter(&mut self, name: &str, entry: Entry) {
        let Some(queue) = self.queues.get(name) else {
            return;
        };
        let QueueKind::Quorum {
            dead_letter: Some((exchange, routing_key)),
            ..
        } = &queue.kind
        else {
            return;
        };
        let publication = Publication {
            exchange: exchange.clone().into(),
            routing_key: routing_key.clone(),
            message: entry.message.clone(),
        };
        if self.route(&publication).is_empty()
            && let Some(queue) = self.queues.get_mut(name)
        {
            queue.ready.push_back(entry);
        }
    }

    pub(super) fn declare(&mut self, topology: &Topology) -> Result<(), BrokerError> {
        for exchange in &topology.exchanges {
            self.exchanges.insert(exchange.name.clone(), exchange.kind);
        }
        for queue in &topology.queues {
            let fresh = || Queue {
                kind: queue.kind.clone(),
                ready: VecDeque::new(),
            };
            let kept = self.queues.entry(queue.name.clone()).or_insert_with(fresh);
            if kept.kind != queue.kind {
                return Err(BrokerError::Refused(format!(
                    "queue {} has other arguments",
                    queue.name
                )));
            }
        }
        for binding in &topology.bindings {
            if !self.bindings.contains(binding) {
                self.bindings.push(binding.clone());
            }
        }
        Ok(())
    }

    pub(super) fn delete_queue(&mut self, name: &str) {
        self.queues.remove(name);
        self.bindings.retain(|binding| binding.queue != name);
        self.consumers.retain(|_, open| open.queue != name);
    }

    /// Into every queue bound to the key; the outcomes, one a queue.
    pub(super) fn route(&mut self, publication: &Publication) -> Vec<Outcome> {
        let Some(kind) = self.exchanges.get(publication.exchange.as_ref()).copied() else {
            return Vec::new();
        };
        let hears = |binding: &&Binding| {
            binding.exchange == publication.exchange.as_ref()
                && match kind {
                    ExchangeKind::Topic => matches(&binding.routing_key, &publication.routing_key),
                    ExchangeKind::Direct => binding.routing_key == publication.routing_key,
                }
        };
        let mut targets: Vec<&str> = self
            .bindings
            .iter()
            .filter(hears)
            .map(|b| b.queue.as_str())
            .collect();
        targets.sort_unstable();
        targets.dedup();
        let mut outcomes = Vec::with_capacity(targets.len());
        for target in targets {
            let Some(queue) = self.queues.get_mut(target) else {
                continue;
            };
            let full = match queue.kind {
                QueueKind::Quorum {
                    length_max: Some(max),
                    ..
                } => queue.ready.len() as u64 >= max,
                QueueKind::Quorum {
                    length_max: None, ..
                }
                | QueueKind::Stream { .. } => false,
            };
            if full {
                outcomes.push(Outcome::Nacked);
                continue;
            }
            queue.ready.push_back(Entry {
                exchange: publication.exchange.to_string(),
                routing_key: publication.routing_key.clone(),
                message: publication.message.clone(),
                delivery_count: 0,
            });
            outcomes.push(Outcome::Confirmed);
        }
        outcomes
    }

    pub(super) fn has_exchange(&self, exchange: &str) -> bool {
        self.exchanges.contains_key(exchange)
    }

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
        if !self
            .queues
            .get(&name)
            .is_some_and(|queue| !queue.ready.is_empty())
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

#[derive(Clone, Copy, Debug)]
pub(super) enum Settle {
    One,
    Through,
    Reject,
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
