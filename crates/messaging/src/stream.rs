//! Reading the replayable log from an offset, whatever happens to the connection.
//!
//! [`Sequence`]: what was lost on its way is noticed, and read again.

mod sequence;

use crate::{
    broker::{Broker, BrokerError, Delivery, Offset, Role, Session, Tail},
    clock::Clock,
    entropy::Entropy,
    envelope::{Defect, Envelope},
    gate::Gate,
    link::Link,
    topology::Topology,
};
use sequence::Sequence;
use std::sync::Arc;

/// An entry of the log. One that is no envelope is an entry all the same: whoever
/// follows stores the offset and goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub offset: u64,
    pub content: Result<Envelope, Defect>,
}

impl From<(u64, Delivery)> for Entry {
    fn from((offset, delivery): (u64, Delivery)) -> Self {
        Self {
            offset,
            content: delivery.envelope(),
        }
    }
}

/// Follows a stream. Entries come in order of their offsets, each once a session; after a
/// reconnect, or before a gap, it goes on behind the last entry it gave.
pub struct Follower<B: Broker, C> {
    link: Link<B, C>,
    stream: String,
    prefetch: u16,
    sequence: Sequence,
    open: Option<Open<B>>,
}

/// Fields drop in order: the reader before its connection.
struct Open<B: Broker> {
    tail: <B::Session as Session>::Tail,
    _session: B::Session,
}

/// What a follower is made of.
pub struct FollowerSettings {
    pub stream: String,
    /// Declared on every connect, as by everybody else.
    pub topology: Arc<Topology>,
    /// Bounds what is in memory; a projection's batch is at most this.
    pub prefetch: u16,
    pub gate: Gate,
}

impl<B: Broker, C: Clock> Follower<B, C> {
    /// `from` is the first offset wanted: what the projection has stored.
    pub fn new(
        broker: B,
        clock: C,
        entropy: Arc<dyn Entropy>,
        settings: FollowerSettings,
        from: u64,
    ) -> Self {
        let FollowerSettings {
            stream,
            topology,
            prefetch,
            gate,
        } = settings;
        Self {
            link: Link::new(broker, Role::Tail, topology, gate, clock, entropy),
            stream,
            prefetch,
            sequence: Sequence::from(from),
            open: None,
        }
    }

    /// Goes to another offset: a rebuild, or a lease that was taken over.
    pub fn seek(&mut self, offset: u64) {
        self.sequence = Sequence::from(offset);
        self.open = None;
    }

    /// Waits for entries, as long as it takes. Cancel-safe.
    pub async fn next(&mut self) -> Vec<Entry> {
        loop {
            match self.attempt().await {
                Ok(mut entries) => {
                    let offsets = entries.iter().map(|entry| entry.offset);
                    let taken = self.sequence.take(offsets);
                    if taken < entries.len() {
                        let next = self.sequence.next();
                        tracing::warn!(next, "an entry of the stream is missing: reading it again");
                        self.open = None;
                        entries.truncate(taken);
                    }
                    if !entries.is_empty() {
                        return entries;
                    }
                }
                Err(error) => {
                    self.open = None;
                    self.link.failed(&error).await;
                }
            }
        }
    }

    async fn attempt(&mut self) -> Result<Vec<Entry>, BrokerError> {
        if self.open.is_none() {
            let session = self.link.establish().await;
            let from = match self.sequence.next() {
                0 => Offset::First,
                offset => Offset::At(offset),
            };
            let tail = session.tail(&self.stream, from, self.prefetch).await?;
            self.link.up();
            self.open = Some(Open {
                tail,
                _session: session,
            });
        }
        match &mut self.open {
            Some(open) => Ok(open
                .tail
                .next()
                .await?
                .into_iter()
                .map(Entry::from)
                .collect()),
            None => Ok(Vec::new()),
        }
    }
}
