//! Messages: what a participant says, and to whose queue each copy goes.
//!
//! ```text
//! row of an outbox ── published ──> one letter for each queue that is bound
//! ```
//!
//! Who hears what is asked of `topology`, by the same routing keys that the pipeline
//! makes. A message is known by its place in these books, so that a set of messages is
//! one word.

use crate::bits::Bits;
use decider::{Coordination, Destination};
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// The participants, in the order of a state's seats; each is named by its queue.
pub const SEATS: [&str; 5] = [
    "orders",
    "inventory",
    "payments",
    "shipping",
    "orchestrator",
];
pub const ORDERS: usize = 0;
pub const INVENTORY: usize = 1;
pub const PAYMENTS: usize = 2;
pub const SHIPPING: usize = 3;
pub const ORCHESTRATOR: usize = 4;

/// What was said: the envelope, but for who caused it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: Uuid,
    pub kind: &'static str,
    pub version: u16,
    pub coordination: Option<Coordination>,
    pub order: Option<Uuid>,
    pub destination: Destination,
    pub body: Vec<u8>,
}

/// One copy of it, in one queue.
#[derive(Clone, Debug)]
pub struct Letter {
    pub row: Arc<Row>,
    pub seat: usize,
    /// Of the row (queue, message id) in the inbox of that participant.
    pub slot: usize,
}

#[derive(Default)]
struct Books {
    rows: Vec<Arc<Row>>,
    letters_of: Vec<Bits>,
    letters: Vec<Letter>,
    slots: Vec<(usize, Uuid)>,
}

#[derive(Default)]
pub struct Post(RwLock<Books>);

impl Post {
    /// The number of this row and of its letters. `Err`: it is a command, and its queue
    /// is bound to no participant.
    pub fn register(&self, row: Row) -> Result<(usize, Bits), String> {
        let seats = heard_by(&row)?;
        let mut books = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = books.rows.iter().position(|other| **other == row) {
            return Ok((known, books.letters_of[known]));
        }
        let row = Arc::new(row);
        let mut letters = Bits::EMPTY;
        for seat in seats {
            let slot = (seat, row.id);
            let known = books.slots.iter().position(|other| *other == slot);
            let slot = known.unwrap_or_else(|| {
                books.slots.push(slot);
                books.slots.len() - 1
            });
            letters = letters.with(Bits::of(books.letters.len()));
            books.letters.push(Letter {
                row: Arc::clone(&row),
                seat,
                slot,
            });
        }
        books.rows.push(row);
        books.letters_of.push(letters);
        Ok((books.rows.len() - 1, letters))
    }

    /// The participant and the inbox row of each of these letters.
    pub fn addresses(&self, letters: Bits) -> Vec<(usize, usize, usize)> {
        let books = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let address = |letter: usize| {
            let Letter { seat, slot, .. } = books.letters[letter];
            (letter, seat, slot)
        };
        letters.iter().map(address).collect()
    }

    /// The participant and the inbox row of one.
    pub fn address(&self, letter: usize) -> (usize, usize) {
        let books = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Letter { seat, slot, .. } = books.letters[letter];
        (seat, slot)
    }

    pub fn letter(&self, letter: usize) -> Letter {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .letters[letter]
            .clone()
    }

    pub fn row(&self, row: usize) -> Arc<Row> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).rows[row])
    }

    pub fn letters_of(&self, row: usize) -> Bits {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .letters_of[row]
    }
}

/// By the bindings; an event that nobody hears goes to the log alone.
fn heard_by(row: &Row) -> Result<Vec<usize>, String> {
    let seat_of = |queue: &str| SEATS.iter().position(|seat| *seat == queue);
    match row.destination {
        Destination::Events => {
            let word = row
                .coordination
                .map_or(topology::NO_SAGA, Coordination::as_str);
            let key = format!("{}.{word}", row.kind);
            Ok(topology::subscribers(&key)
                .filter_map(|subscription| seat_of(subscription.queue))
                .collect())
        }
        Destination::Command(queue) => topology::subscription(queue)
            .filter(|subscription| subscription.commanded)
            .and_then(|subscription| seat_of(subscription.queue))
            .map(|seat| vec![seat])
            .ok_or_else(|| format!("{} is sent to {queue:?}, which takes no commands", row.kind)),
    }
}
