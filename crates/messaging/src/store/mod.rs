//! The seam to the database: inbox, outbox and the participant's own state, in one
//! transaction.
//!
//! - [`postgres`]: SQL, bulk statements over `UNNEST`.
//! - [`memory`]: the same semantics in memory, for tests and simulations.

mod error;
pub mod memory;
pub mod postgres;

pub use error::{CommitError, StoreError};

use crate::{envelope::Envelope, message::Publication};
use decider::Decider;
use std::{borrow::Cow, collections::HashSet, future::Future};
use uuid::Uuid;

/// A message that was handled, so that it is not handled twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    pub message_id: Uuid,
    pub kind: String,
    pub received_at_ms: i64,
    /// Of the span that handled it: what a duplicate links to.
    pub traceparent: Option<String>,
}

/// A message that is owed to the broker.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    pub exchange: Cow<'static, str>,
    pub routing_key: String,
    pub envelope: Envelope,
    pub attempts: u32,
    pub next_attempt_at_ms: i64,
}

impl OutboxRow {
    pub fn id(&self) -> Uuid {
        self.envelope.id
    }

    pub fn publication(&self) -> Publication {
        Publication {
            exchange: self.exchange.clone(),
            routing_key: self.routing_key.clone(),
            message: self.envelope.to_message(),
        }
    }
}

/// How long a claimed row is left alone before somebody may claim it again: longer than
/// a publish takes, doubling with each failed attempt, at most a minute, because the
/// usual reason is a missing binding or an alarm that a person repairs.
pub fn lease_ms(attempts: u32) -> i64 {
    (5_000 << attempts.min(4)).min(60_000)
}

/// How full the outbox is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    pub rows: u64,
    pub oldest_at_ms: Option<i64>,
}

/// The outbox outside of a batch: what the publisher and the relay need. None of it has
/// to be durable at once: a lost deletion or claim means that a message is sent twice.
pub trait Outbox: Clone + Send + Sync + 'static {
    fn outbox_delete(&self, ids: &[Uuid]) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Rows that are due, oldest first, pushed into the future by [`lease_ms`]; never a
    /// row that another replica is claiming.
    fn outbox_claim(
        &self,
        now_ms: i64,
        rows_max: u32,
    ) -> impl Future<Output = Result<Vec<OutboxRow>, StoreError>> + Send;
    fn outbox_level(&self) -> impl Future<Output = Result<Level, StoreError>> + Send;
    /// Forgets messages handled before `before_ms`; how many, at most `rows_max`.
    fn inbox_prune(
        &self,
        before_ms: i64,
        rows_max: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
    /// The service's entities by state.
    fn census(&self) -> impl Future<Output = Result<Vec<(String, i64)>, StoreError>> + Send;
}

/// Transactions over inbox, outbox and the state of a core.
pub trait Store<P: Decider>: Outbox {
    type Tx: Transaction<P>;
    fn begin(&self) -> impl Future<Output = Result<Self::Tx, StoreError>> + Send;
}

/// One transaction. Dropping it undoes it, by closing the connection if need be;
/// [`rollback`](Self::rollback) is the polite way.
pub trait Transaction<P: Decider>: Send {
    /// Those of `ids` that were handled before, with their traceparent.
    fn inbox_find(
        &mut self,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<Vec<(Uuid, Option<String>)>, StoreError>> + Send;
    /// The ids that were not there; of two rows with one id the first stays. Waits for a
    /// transaction that is inserting the same.
    fn inbox_insert(
        &mut self,
        rows: &[InboxRow],
    ) -> impl Future<Output = Result<HashSet<Uuid>, StoreError>> + Send;
    /// The state that `commands` touch, locked.
    fn load(
        &mut self,
        commands: &[P::Command],
    ) -> impl Future<Output = Result<P::State, StoreError>> + Send;
    fn save(
        &mut self,
        before: &P::State,
        after: &P::State,
        events: &[P::Event],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// A row that is there already stays: the same id says the same thing.
    fn outbox_insert(
        &mut self,
        rows: &[OutboxRow],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    fn commit(self) -> impl Future<Output = Result<(), CommitError>> + Send;
    fn rollback(self) -> impl Future<Output = ()> + Send;
}
