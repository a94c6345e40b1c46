//! Taking messages from a queue, and reading a stream.

use super::{
    Server, TRAVEL_US,
    delivery::{Settle, delivery, ended},
};
use crate::{
    faults::Fault,
    process::Process,
    world::{Blow, count},
};
use messaging::{
    Entropy,
    broker::{BrokerError, Consumer, Delivery, Tail},
};
use std::{sync::Arc, task::Waker};

/// What it holds goes back to the queue when it is dropped.
pub struct SimConsumer {
    pub(super) server: Arc<Server>,
    pub(super) process: Arc<Process>,
    pub(super) session: u64,
    pub(super) queue: String,
    pub(super) id: u64,
}

impl Drop for SimConsumer {
    fn drop(&mut self) {
        self.server
            .change(|state| ((), state.end_consumer(self.id)));
    }
}

impl Consumer for SimConsumer {
    async fn next(&mut self) -> Result<Vec<Delivery>, BrokerError> {
        loop {
            let look = |state: &mut super::State, waker: &Waker| match state.available(self.id) {
                Ok(0) => {
                    state.await_messages(self.id, waker);
                    None
                }
                Ok(_) => Some(Ok(())),
                Err(error) => Some(Err(error)),
            };
            self.server.until(look).await?;
            self.process.travel(TRAVEL_US).await;
            let batch = self.take()?;
            if !batch.is_empty() {
                return Ok(batch);
            }
        }
    }

    async fn ack_through(&mut self, tag: u64) -> Result<(), BrokerError> {
        self.settle(tag, Settle::Through).await
    }

    async fn ack(&mut self, tag: u64) -> Result<(), BrokerError> {
        self.settle(tag, Settle::One).await
    }

    async fn reject(&mut self, tag: u64) -> Result<(), BrokerError> {
        self.settle(tag, Settle::Reject).await
    }
}

impl SimConsumer {
    /// As many as have arrived so far, in the order in which they did, or in another.
    fn take(&self) -> Result<Vec<Delivery>, BrokerError> {
        let process = &self.process;
        let dice = &process.world.dice;
        let most = self.server.lock().available(self.id)?;
        if most == 0 {
            return Ok(Vec::new());
        }
        if process.struck(Fault::ConnectionLoss) {
            self.lose_connection();
            return Err(ended());
        }
        let wanted = 1 + dice.below(most.min(8) as u64) as usize;
        let mut batch = Vec::with_capacity(wanted);
        for left in 0..wanted {
            let place = match process.struck(Fault::Reorder) {
                true => dice.below((most - left) as u64) as usize,
                false => 0,
            };
            if place > 0 {
                count(&process.world.tally.overtaken);
            }
            let Some(delivery) = self.server.lock().deliver(self.id, place) else {
                break;
            };
            if delivery.redelivered {
                count(&process.world.tally.redelivered);
            }
            process.note(format_args!(
                "receives {} {}, order {}{}",
                delivery.message.kind.as_deref().unwrap_or_default(),
                delivery.message.id.as_deref().unwrap_or_default(),
                delivery.message.correlation_id.as_deref().unwrap_or("none"),
                if delivery.redelivered { ", again" } else { "" },
            ));
            batch.push(delivery);
        }
        Ok(batch)
    }

    async fn settle(&mut self, tag: u64, how: Settle) -> Result<(), BrokerError> {
        if self.is_aimed_at(tag, how) {
            self.process.stop("aimed between commit and ack");
        }
        self.process.may_stop(Fault::StopBeforeAck).await;
        self.process.travel(TRAVEL_US).await;
        if self.process.struck(Fault::ConnectionLoss) {
            self.lose_connection();
            return Err(ended());
        }
        self.server.change(|state| state.settle(self.id, tag, how))
    }

    fn is_aimed_at(&self, tag: u64, how: Settle) -> bool {
        if self.process.world.aim.is_none() {
            return false;
        }
        let state = self.server.lock();
        let Some(held) = state.consumers.get(&self.id) else {
            return false;
        };
        let settled = held.unsettled.iter().filter(|(at, _)| match how {
            Settle::One | Settle::Reject => **at == tag,
            Settle::Through => **at <= tag,
        });
        let ids: Vec<String> = settled
            .filter_map(|(_, stored)| stored.publication.message.id.clone())
            .collect();
        drop(state);
        ids.iter()
            .any(|id| (self.process.world).aimed(Blow::StopBeforeAck, &self.queue, id))
    }

    fn lose_connection(&self) {
        self.server
            .change(|state| ((), state.end_session(self.session)));
    }
}

pub struct SimTail {
    pub(super) server: Arc<Server>,
    pub(super) process: Arc<Process>,
    pub(super) session: u64,
    pub(super) stream: String,
    pub(super) prefetch: usize,
    pub(super) next: usize,
}

impl Tail for SimTail {
    async fn next(&mut self) -> Result<Vec<(u64, Delivery)>, BrokerError> {
        let look = |state: &mut super::State, waker: &Waker| {
            if !state.is_open(self.session) {
                return Some(Err(ended()));
            }
            let Some(queue) = state.queues.get_mut(&self.stream) else {
                return Some(Err(ended()));
            };
            if queue.ready.len() > self.next {
                return Some(Ok(()));
            }
            // Ids of sessions and consumers never meet: they are drawn from one counter.
            queue.waiting.insert(self.session, waker.clone());
            if let Some(waiting) = state.sessions.get_mut(&self.session) {
                waiting.insert(1, waker.clone());
            }
            None
        };
        self.server.until(look).await?;
        self.process.travel(TRAVEL_US).await;
        if self.process.struck(Fault::ConnectionLoss) {
            self.server
                .change(|state| ((), state.end_session(self.session)));
            return Err(ended());
        }
        let state = self.server.lock();
        let Some(queue) = state.queues.get(&self.stream) else {
            return Err(ended());
        };
        let most = (queue.ready.len() - self.next).min(self.prefetch);
        let wanted = 1 + self.process.world.dice.below(most as u64) as usize;
        let read = queue.ready.iter().enumerate().skip(self.next).take(wanted);
        let batch: Vec<(u64, Delivery)> = read
            .map(|(offset, stored)| (offset as u64, delivery(offset as u64 + 1, stored)))
            .collect();
        self.next += batch.len();
        Ok(batch)
    }
}
