//! A broker in memory: deterministic, without time and threads of its own.
//!
//! It does what a consumer or publisher can tell apart: topic and direct routing,
//! quorum queues (redelivery, delivery limit, dead letters, `reject-publish`), streams,
//! prefetch, returns, confirms, connections that end. A test or a simulation breaks it
//! through [`MemoryBroker::inject`] and the verbs below it.

mod delivery;
mod routing;
mod session;
mod state;

pub use session::{MemoryConsumer, MemoryPublisher, MemorySession, MemoryTail};
pub use state::{Fault, Step};

use super::{Broker, BrokerError, Role};
use crate::message::{Message, Publication};
use state::State;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Cheap to clone; clones are the same broker.
#[derive(Clone, Default)]
pub struct MemoryBroker {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
}

impl MemoryBroker {
    pub fn new() -> Self {
        Self::default()
    }

    /// Asked at each step what should go wrong there. Replaces the one before.
    pub fn inject(&self, fault: impl FnMut(&Step<'_>) -> Fault + Send + 'static) {
        self.lock().faults = Some(Box::new(fault));
    }

    pub fn heal(&self) {
        self.lock().faults = None;
    }

    /// Ends every session of a role, or of all.
    pub fn disconnect(&self, role: Option<Role>) {
        self.change(|state| state.disconnect(role));
    }

    /// A resource alarm: publishers are not read.
    pub fn block(&self, blocked: bool) {
        self.change(|state| state.blocked = blocked);
    }

    /// With its messages, its bindings and its consumers.
    pub fn delete_queue(&self, queue: &str) {
        self.change(|state| state.delete_queue(queue));
    }

    /// Publishes as a stranger would: no session, no fault.
    pub fn publish(&self, publication: &Publication) -> bool {
        self.change(|state| !state.route(publication).is_empty())
    }

    /// What lies in a queue and is not delivered, oldest first; a stream's whole log.
    pub fn messages(&self, queue: &str) -> Vec<Message> {
        self.lock().messages(queue)
    }

    /// Messages delivered and not settled.
    pub fn unacked(&self, queue: &str) -> usize {
        self.lock().unacked(queue)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.notify_waiters();
        result
    }

    /// `look` again after every change, until it sees something.
    async fn until<T>(&self, mut look: impl FnMut(&mut State) -> Option<T> + Send) -> T {
        loop {
            let changed = self.changed.notified();
            let mut changed = std::pin::pin!(changed);
            changed.as_mut().enable();
            if let Some(seen) = look(&mut self.lock()) {
                return seen;
            }
            changed.await;
        }
    }
}

impl Broker for MemoryBroker {
    type Session = MemorySession;

    async fn connect(&self, role: Role) -> Result<MemorySession, BrokerError> {
        let id = self.change(|state| state.connect(role))?;
        Ok(MemorySession::new(self.clone(), id))
    }
}
