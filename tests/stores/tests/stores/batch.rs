//! The pipeline's transaction, statement after statement, over any store.
//!
//! ```text
//! begin ─ inbox insert ─ (find) ─ load ─ fold ─ save ─ outbox insert ─ commit
//! ```

use crate::{
    bounds::{ITEMS_MAX, MESSAGES},
    kept::Kept,
    world::order_id,
};
use bytes::Bytes;
use decider::{Coordination, Destination, Outgoing};
use messaging::{
    Envelope,
    store::{CommitError, InboxRow, OutboxRow, Store, StoreError, Transaction},
};
use proptest::prelude::*;
use std::fmt;
use uuid::Uuid;

/// What is asked, and by which message; `None`: by a caller, whom no inbox knows.
pub struct Item<P: Kept> {
    pub message: Option<u128>,
    pub command: P::Command,
}

impl<P: Kept> Clone for Item<P> {
    fn clone(&self) -> Self {
        Self {
            message: self.message,
            command: self.command.clone(),
        }
    }
}

impl<P: Kept> fmt::Debug for Item<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(message) = self.message {
            write!(f, "message {message}: ")?;
        }
        f.write_str(&P::say(&self.command))
    }
}

/// What a store answered on the way; two stores must say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<S> {
    /// With the trace of the attempt that handled them.
    pub duplicates: Vec<(Uuid, Option<String>)>,
    /// Which items are new.
    pub admitted: Vec<bool>,
    pub loaded: S,
    pub events: Vec<String>,
}

/// The three words for what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<S> {
    Done(Told<S>),
    Failed(StoreError),
    Unknown,
}

/// A batch, once.
pub async fn run<P: Kept, S: Store<P>>(
    store: &S,
    items: &[Item<P>],
    now_ms: i64,
) -> Outcome<P::State> {
    let mut tx = match store.begin().await {
        Ok(tx) => tx,
        Err(error) => return Outcome::Failed(error),
    };
    let told = match attempt(&mut tx, items, now_ms).await {
        Ok(told) => told,
        Err(error) => {
            tx.rollback().await;
            return Outcome::Failed(error);
        }
    };
    match tx.commit().await {
        Ok(()) => Outcome::Done(told),
        Err(CommitError::Aborted(error)) => Outcome::Failed(error),
        Err(CommitError::Unknown(_)) => Outcome::Unknown,
    }
}

/// Everything up to the commit.
pub async fn attempt<P: Kept, T: Transaction<P>>(
    tx: &mut T,
    items: &[Item<P>],
    now_ms: i64,
) -> Result<Told<P::State>, StoreError> {
    let rows: Vec<InboxRow> = (items.iter())
        .filter_map(|item| item.message)
        .map(|n| handled(n, now_ms))
        .collect();
    let mut fresh = match rows.is_empty() {
        true => Default::default(),
        false => tx.inbox_insert(&rows).await?,
    };
    let mut known = Vec::new();
    let mut commands = Vec::new();
    let mut admitted = Vec::new();
    for item in items {
        let id = item.message.map(message_id);
        // A second copy in the same batch is a duplicate of the first.
        let new = id.is_none_or(|id| fresh.remove(&id));
        match id {
            Some(id) if !new => known.push(id),
            Some(_) | None => commands.push(item.command.clone()),
        }
        admitted.push(new);
    }
    let mut duplicates = match known.is_empty() {
        true => Vec::new(),
        false => tx.inbox_find(&known).await?,
    };
    // Asked for twice, a row may be told once or twice: the pipeline reads a map of it.
    duplicates.sort();
    duplicates.dedup();
    let loaded = match commands.is_empty() {
        true => P::State::default(),
        false => tx.load(&commands).await?,
    };
    let decided = Decided::<P>::of(&loaded, &commands, now_ms);
    if !decided.events.is_empty() {
        tx.save(&loaded, &decided.after, &decided.events).await?;
    }
    if !decided.rows.is_empty() {
        tx.outbox_insert(&decided.rows).await?;
    }
    Ok(Told {
        duplicates,
        admitted,
        loaded,
        events: decided.said(),
    })
}

/// What a core makes of a batch.
pub struct Decided<P: Kept> {
    pub after: P::State,
    pub events: Vec<P::Event>,
    pub rows: Vec<OutboxRow>,
}

impl<P: Kept> Decided<P> {
    /// A refusal is an answer, and the batch goes on.
    pub fn of(before: &P::State, commands: &[P::Command], now_ms: i64) -> Self {
        let (mut after, mut events) = (before.clone(), Vec::new());
        for command in commands {
            let decided = P::decide(&after, command).unwrap_or_default();
            after = decided.iter().fold(after, P::evolve);
            events.extend(decided);
        }
        Self {
            rows: Self::owed(&events, now_ms),
            after,
            events,
        }
    }

    /// What is said twice in a batch is owed once.
    pub fn owed(events: &[P::Event], now_ms: i64) -> Vec<OutboxRow> {
        let mut rows: Vec<OutboxRow> = Vec::new();
        for message in events.iter().flat_map(P::messages_of) {
            if rows.iter().all(|row| row.id() != message.id()) {
                rows.push(owed(&message, now_ms));
            }
        }
        rows
    }

    pub fn said(&self) -> Vec<String> {
        let events = self.events.iter();
        events.map(|event| format!("{event:?}")).collect()
    }
}

pub fn message_id(n: u128) -> Uuid {
    Uuid::from_u128(0x0c00 + n)
}

/// Every other message has a trace.
pub fn handled(n: u128, now_ms: i64) -> InboxRow {
    InboxRow {
        message_id: message_id(n),
        kind: "test.message".to_owned(),
        received_at_ms: now_ms,
        traceparent: n.is_multiple_of(2).then(|| format!("trace of {n}")),
    }
}

/// Due at once: whoever relays it has no hot path to wait for.
fn owed(message: &impl Outgoing, now_ms: i64) -> OutboxRow {
    let coordination = message.coordination();
    let word = coordination.map_or("none", Coordination::as_str);
    let (exchange, routing_key) = match message.destination() {
        Destination::Events => ("events", format!("{}.{word}", message.kind())),
        Destination::Command(queue) => ("commands", queue.to_owned()),
    };
    OutboxRow {
        exchange: exchange.into(),
        routing_key,
        envelope: Envelope {
            id: message.id(),
            kind: message.kind().into(),
            version: message.version(),
            correlation_id: message.correlation_id(),
            causation_id: None,
            coordination,
            trace: None,
            occurred_at_ms: now_ms,
            body: Bytes::from(message.encode()),
        },
        attempts: 0,
        next_attempt_at_ms: now_ms,
    }
}

/// Some items, most of them messages.
pub fn any_items<P: Kept>() -> impl Strategy<Value = Vec<Item<P>>> {
    let message = prop::option::weighted(0.8, 1..=MESSAGES);
    let item = (message, P::command()).prop_map(|(message, command)| Item { message, command });
    prop::collection::vec(item, 1..=ITEMS_MAX)
}

/// The nth of many rows that are owed alike.
pub fn owed_by(n: u128) -> OutboxRow {
    let event = payments_contract::PaymentEvent::Released {
        order_id: order_id(n),
    };
    owed(&event, 0)
}
