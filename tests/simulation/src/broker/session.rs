//! One connection of one process.

use super::{
    Server, TRAVEL_US,
    consumer::{SimConsumer, SimTail},
    delivery::ended,
    publisher::SimPublisher,
};
use crate::process::Process;
use messaging::{
    broker::{BrokerError, Offset, Session},
    topology::Topology,
};
use std::sync::Arc;

/// Ends when it is dropped.
pub struct SimSession {
    pub(super) server: Arc<Server>,
    pub(super) process: Arc<Process>,
    pub(super) id: u64,
}

impl Drop for SimSession {
    fn drop(&mut self) {
        self.server.change(|state| ((), state.end_session(self.id)));
    }
}

impl SimSession {
    async fn ask(&self) -> Result<(), BrokerError> {
        self.process.travel(TRAVEL_US).await;
        match self.server.lock().is_open(self.id) {
            true => Ok(()),
            false => Err(ended()),
        }
    }
}

impl Session for SimSession {
    type Publisher = SimPublisher;
    type Consumer = SimConsumer;
    type Tail = SimTail;

    async fn declare(&self, topology: &Topology) -> Result<(), BrokerError> {
        self.ask().await?;
        self.server.lock().declare(topology);
        Ok(())
    }

    async fn publisher(&self) -> Result<SimPublisher, BrokerError> {
        if !self.server.lock().is_open(self.id) {
            return Err(ended());
        }
        Ok(SimPublisher {
            server: Arc::clone(&self.server),
            process: Arc::clone(&self.process),
            session: self.id,
        })
    }

    async fn consumer(&self, queue: &str, prefetch: u16) -> Result<SimConsumer, BrokerError> {
        self.ask().await?;
        let id = self.server.lock().consume(self.id, queue, prefetch)?;
        Ok(SimConsumer {
            server: Arc::clone(&self.server),
            process: Arc::clone(&self.process),
            session: self.id,
            queue: queue.to_owned(),
            id,
        })
    }

    async fn tail(
        &self,
        stream: &str,
        from: Offset,
        prefetch: u16,
    ) -> Result<SimTail, BrokerError> {
        self.ask().await?;
        Ok(SimTail {
            server: Arc::clone(&self.server),
            process: Arc::clone(&self.process),
            session: self.id,
            stream: stream.to_owned(),
            prefetch: usize::from(prefetch.max(1)),
            next: match from {
                Offset::First => 0,
                Offset::At(offset) => offset as usize,
            },
        })
    }

    async fn ended(&self) -> BrokerError {
        const ENDED: u8 = 0;
        let look = |state: &mut super::State, waker: &std::task::Waker| match state
            .sessions
            .get_mut(&self.id)
        {
            None => Some(ended()),
            Some(waiting) => {
                waiting.insert(ENDED, waker.clone());
                None
            }
        };
        self.server.until(look).await
    }

    async fn close(self) {}
}
