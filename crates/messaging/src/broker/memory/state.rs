//! What the broker knows, its sessions, and where it can be made to fail.

use crate::{
    broker::{BrokerError, Role},
    message::{Message, Publication},
    topology::{Binding, ExchangeKind, QueueKind},
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
    pub(super) exchange: String,
    pub(super) routing_key: String,
    pub(super) message: Message,
    pub(super) delivery_count: u32,
}

#[derive(Debug)]
pub(super) struct Queue {
    pub(super) kind: QueueKind,
    /// Of a stream: the whole log.
    pub(super) ready: VecDeque<Entry>,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) session: u64,
    pub(super) queue: String,
    pub(super) prefetch: usize,
    pub(super) next_tag: u64,
    pub(super) unacked: BTreeMap<u64, Entry>,
}

type Faults = Box<dyn FnMut(&Step<'_>) -> Fault + Send>;

#[derive(Default)]
pub(super) struct State {
    pub(super) exchanges: BTreeMap<String, ExchangeKind>,
    pub(super) queues: BTreeMap<String, Queue>,
    pub(super) bindings: Vec<Binding>,
    pub(super) sessions: BTreeMap<u64, Role>,
    pub(super) consumers: BTreeMap<u64, Open>,
    pub(super) next_id: u64,
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
}
