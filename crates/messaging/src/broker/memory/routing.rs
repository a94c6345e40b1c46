//! Who hears what: declaring, routing, dead letters.

use super::state::{Entry, Queue, State};
use crate::{
    broker::{BrokerError, Outcome},
    message::Publication,
    topology::{Binding, ExchangeKind, QueueKind, Topology, matches},
};
use std::collections::VecDeque;

impl State {
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

    /// At-least-once: without a route to a dead-letter queue it stays where it is.
    pub(super) fn dead_letter(&mut self, name: &str, entry: Entry) {
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
}
