//! The traits of the seam over the state.

use super::{
    MemoryBroker,
    delivery::Settle,
    state::{Fault, State, Step, ended},
};
use crate::{
    broker::{Blocked, BrokerError, Consumer, Delivery, Offset, Outcome, Publisher, Session, Tail},
    message::Publication,
    topology::Topology,
};

/// Ends when it is dropped.
pub struct MemorySession {
    broker: MemoryBroker,
    id: u64,
}

impl MemorySession {
    pub(super) fn new(broker: MemoryBroker, id: u64) -> Self {
        Self { broker, id }
    }

    fn open<T>(
        &self,
        work: impl FnOnce(&mut State) -> Result<T, BrokerError>,
    ) -> Result<T, BrokerError> {
        self.broker.change(|state| match state.is_open(self.id) {
            true => work(state),
            false => Err(ended()),
        })
    }
}

impl Drop for MemorySession {
    fn drop(&mut self) {
        self.broker.change(|state| state.end_session(self.id));
    }
}

impl Session for MemorySession {
    type Publisher = MemoryPublisher;
    type Consumer = MemoryConsumer;
    type Tail = MemoryTail;

    async fn declare(&self, topology: &Topology) -> Result<(), BrokerError> {
        self.open(|state| state.declare(topology))
    }

    async fn publisher(&self) -> Result<MemoryPublisher, BrokerError> {
        self.open(|_| Ok(()))?;
        Ok(MemoryPublisher {
            broker: self.broker.clone(),
            session: self.id,
        })
    }

    async fn consumer(&self, queue: &str, prefetch: u16) -> Result<MemoryConsumer, BrokerError> {
        let id = self.open(|state| state.consume(self.id, queue, prefetch))?;
        Ok(MemoryConsumer {
            broker: self.broker.clone(),
            id,
        })
    }

    async fn tail(
        &self,
        stream: &str,
        from: Offset,
        prefetch: u16,
    ) -> Result<MemoryTail, BrokerError> {
        self.open(|_| Ok(()))?;
        Ok(MemoryTail {
            broker: self.broker.clone(),
            session: self.id,
            stream: stream.to_owned(),
            prefetch: usize::from(prefetch.max(1)),
            next: match from {
                Offset::First => 0,
                Offset::At(offset) => offset,
            },
        })
    }

    async fn ended(&self) -> BrokerError {
        self.broker
            .until(|state| (!state.is_open(self.id)).then(ended))
            .await
    }

    async fn close(self) {}
}

pub struct MemoryPublisher {
    broker: MemoryBroker,
    session: u64,
}

impl MemoryPublisher {
    fn one(&self, state: &mut State, publication: &Publication) -> Outcome {
        if !state.is_open(self.session) {
            return Outcome::Unknown;
        }
        let fault = state.fault(&Step::Publish(publication));
        match fault {
            Fault::Pass | Fault::LoseConfirm | Fault::Twice => {}
            Fault::Nack => return Outcome::Nacked,
            Fault::Lose => return Outcome::Unknown,
            Fault::Disconnect => {
                state.end_session(self.session);
                return Outcome::Unknown;
            }
        }
        if !state.has_exchange(&publication.exchange) {
            state.end_session(self.session);
            return Outcome::Unknown;
        }
        let mut routed = state.route(publication);
        if fault == Fault::Twice {
            routed.extend(state.route(publication));
        }
        match fault {
            Fault::LoseConfirm => Outcome::Unknown,
            _ if routed.is_empty() => Outcome::Returned,
            _ if routed.contains(&Outcome::Nacked) => Outcome::Nacked,
            _ => Outcome::Confirmed,
        }
    }
}

impl Publisher for MemoryPublisher {
    async fn publish(&mut self, window: &[Publication]) -> Result<Vec<Outcome>, Blocked> {
        self.broker.change(|state| {
            if state.blocked {
                return Err(Blocked);
            }
            Ok(window
                .iter()
                .map(|publication| self.one(state, publication))
                .collect())
        })
    }
}

/// What it holds goes back to the queue when it is dropped.
pub struct MemoryConsumer {
    broker: MemoryBroker,
    id: u64,
}

impl Drop for MemoryConsumer {
    fn drop(&mut self) {
        self.broker.change(|state| state.end_consumer(self.id));
    }
}

impl Consumer for MemoryConsumer {
    async fn next(&mut self) -> Result<Vec<Delivery>, BrokerError> {
        let ready = |state: &mut State| match state.deliver(self.id) {
            Ok(batch) if batch.is_empty() => None,
            outcome => Some(outcome),
        };
        self.broker.until(ready).await
    }

    async fn ack_through(&mut self, tag: u64) -> Result<(), BrokerError> {
        self.broker
            .change(|state| state.settle(self.id, tag, Settle::Through))
    }

    async fn ack(&mut self, tag: u64) -> Result<(), BrokerError> {
        self.broker
            .change(|state| state.settle(self.id, tag, Settle::One))
    }

    async fn reject(&mut self, tag: u64) -> Result<(), BrokerError> {
        self.broker
            .change(|state| state.settle(self.id, tag, Settle::Reject))
    }
}

pub struct MemoryTail {
    broker: MemoryBroker,
    session: u64,
    stream: String,
    prefetch: usize,
    next: u64,
}

impl Tail for MemoryTail {
    async fn next(&mut self) -> Result<Vec<(u64, Delivery)>, BrokerError> {
        let ready = |state: &mut State| {
            if !state.is_open(self.session) {
                return Some(Err(ended()));
            }
            match state.read(&self.stream, self.next, self.prefetch) {
                None => Some(Err(BrokerError::Ended(format!(
                    "no stream {}",
                    self.stream
                )))),
                Some(batch) if batch.is_empty() => None,
                Some(batch) => Some(Ok(batch)),
            }
        };
        let batch = self.broker.until(ready).await?;
        if let Some((last, _)) = batch.last() {
            self.next = last + 1;
        }
        Ok(batch)
    }
}
