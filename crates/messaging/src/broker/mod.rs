//! The seam to a broker: what the pipeline needs of one, and nothing more.
//!
//! ```text
//! Broker ── connect(role) ──> Session ──┬─ declare(topology)
//!                                       ├─ publisher() ──> publish([..]) -> [Outcome]
//!                                       ├─ consumer()  ──> next() -> [Delivery], ack
//!                                       └─ tail()      ──> next() -> [(offset, Delivery)]
//! ```
//!
//! Nothing behind the seam reconnects: any error ends the session, and the
//! [`link`](crate::link) above builds a new one.

pub mod amqp;
pub mod memory;

use crate::{
    envelope::{Defect, Envelope},
    message::{Message, Publication},
    topology::Topology,
};
use std::future::Future;

/// What a session is for. Publishing and consuming never share a connection: a broker
/// under a resource alarm stops reading publishers, and a shared connection would
/// then not even carry acknowledgements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Publish,
    Consume,
    /// Reads a stream.
    Tail,
}

impl Role {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Consume => "consume",
            Self::Tail => "tail",
        }
    }
}

/// Why a session cannot go on. Whatever it was, the answer is a new session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokerError {
    #[error("broker cannot be reached: {0}")]
    Unreachable(String),
    /// Wrong credentials, missing permission, a queue declared with other arguments.
    #[error("broker refuses: {0}; it will go on refusing until its configuration is changed")]
    Refused(String),
    #[error("broker did not answer {0} in time")]
    Silent(&'static str),
    #[error("session ended: {0}")]
    Ended(String),
}

/// What became of a publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Stored by every queue it was routed to.
    Confirmed,
    /// Refused by at least one queue; others may have stored it.
    Nacked,
    /// No queue is bound to its routing key.
    Returned,
    /// It may or may not be stored. The publisher that said so must be replaced.
    Unknown,
}

impl Outcome {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Nacked => "nacked",
            Self::Returned => "returned",
            Self::Unknown => "unknown",
        }
    }
}

/// The broker has stopped reading publishers (resource alarm); nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the broker blocks publishers (memory or disk alarm): free resources there")]
pub struct Blocked;

/// A message handed to a consumer, to be acknowledged by its tag.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Grows with each delivery of one consumer.
    pub tag: u64,
    /// Set by the broker when *it* delivered before. Says nothing about duplicates
    /// made by publishers: telemetry, never a reason to skip the inbox.
    pub redelivered: bool,
    /// Failed deliveries before this one, as far as the broker counts them.
    pub delivery_count: u32,
    pub exchange: String,
    pub routing_key: String,
    pub message: Message,
}

impl Delivery {
    pub fn envelope(&self) -> Result<Envelope, Defect> {
        Envelope::parse(&self.message)
    }
}

/// Where to begin in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    First,
    /// This one and what follows.
    At(u64),
}

/// A way to connect. Cheap to clone.
pub trait Broker: Clone + Send + Sync + 'static {
    type Session: Session;
    fn connect(
        &self,
        role: Role,
    ) -> impl Future<Output = Result<Self::Session, BrokerError>> + Send;
}

/// One connection.
pub trait Session: Send + Sync + 'static {
    type Publisher: Publisher;
    type Consumer: Consumer;
    type Tail: Tail;

    /// Idempotent: what exists with the same arguments stays.
    fn declare(&self, topology: &Topology) -> impl Future<Output = Result<(), BrokerError>> + Send;
    /// A publisher with confirms on. One window at a time each; open several to overlap.
    fn publisher(&self) -> impl Future<Output = Result<Self::Publisher, BrokerError>> + Send;
    /// `prefetch` bounds what is delivered and not yet settled.
    fn consumer(
        &self,
        queue: &str,
        prefetch: u16,
    ) -> impl Future<Output = Result<Self::Consumer, BrokerError>> + Send;
    fn tail(
        &self,
        stream: &str,
        from: Offset,
        prefetch: u16,
    ) -> impl Future<Output = Result<Self::Tail, BrokerError>> + Send;
    /// Resolves when the connection is gone.
    fn ended(&self) -> impl Future<Output = BrokerError> + Send;
    /// Says goodbye, within a deadline. Dropping a session cuts it.
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// The sending side. `mandatory` always.
pub trait Publisher: Send + 'static {
    /// Sends all, then collects what the broker said of each, in the order given.
    /// An [`Outcome::Unknown`] among them means: replace this publisher.
    fn publish(
        &mut self,
        window: &[Publication],
    ) -> impl Future<Output = Result<Vec<Outcome>, Blocked>> + Send;
}

/// The receiving side of a queue.
pub trait Consumer: Send + 'static {
    /// Waits for one delivery, then takes what is ready with it: no artificial wait.
    /// Cancel-safe. An error, once given, is final.
    fn next(&mut self) -> impl Future<Output = Result<Vec<Delivery>, BrokerError>> + Send;
    /// Settles `tag` and every earlier one.
    fn ack_through(&mut self, tag: u64) -> impl Future<Output = Result<(), BrokerError>> + Send;
    /// Settles one.
    fn ack(&mut self, tag: u64) -> impl Future<Output = Result<(), BrokerError>> + Send;
    /// Gives one to the broker's dead-letter exchange.
    fn reject(&mut self, tag: u64) -> impl Future<Output = Result<(), BrokerError>> + Send;
}

/// The reading side of a stream.
pub trait Tail: Send + 'static {
    /// As [`Consumer::next`]. Nothing is to be settled: the reader keeps its offset.
    fn next(&mut self) -> impl Future<Output = Result<Vec<(u64, Delivery)>, BrokerError>> + Send;
}
