//! One channel in one direction, on its way out: in order, and sometimes late.
//!
//! ```text
//! unit 3, unit 2, ack, unit 1 (due in 80 ms) ──> writer
//! ```
//!
//! What stands behind a delayed unit waits with it, because a channel's order is a promise.
//! Other channels have lanes of their own and do not wait.

use crate::faults::Armed;
use bytes::Bytes;
use std::{collections::VecDeque, sync::Arc};
use tokio::time::Instant;

/// Until when, and only while the fault is in force.
#[derive(Clone, Debug)]
pub struct Delay {
    pub due: Instant,
    pub armed: Arc<Armed>,
}

impl Delay {
    fn is_over(&self, now: Instant) -> bool {
        now >= self.due || !self.armed.is_live(now)
    }

    /// When it is worth asking again.
    fn ends(&self) -> Instant {
        self.due.min(self.armed.until())
    }
}

#[derive(Debug, Default)]
pub struct Lane {
    waiting: VecDeque<Waiting>,
    cost: usize,
}

#[derive(Debug)]
struct Waiting {
    octets: Bytes,
    delay: Option<Delay>,
}

impl Lane {
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// What waiting here costs, of the connection's [`Budget`].
    pub fn cost(&self) -> usize {
        self.cost
    }

    pub fn push(&mut self, octets: Bytes, delay: Option<Delay>) {
        self.cost += cost(&octets);
        self.waiting.push_back(Waiting { octets, delay });
    }

    /// Moves what need not wait any longer; when to ask again.
    pub fn release(&mut self, now: Instant, out: &mut Vec<Bytes>) -> Option<Instant> {
        while let Some(first) = self.waiting.front() {
            if let Some(delay) = first.delay.as_ref().filter(|delay| !delay.is_over(now)) {
                return Some(delay.ends());
            }
            self.pop(out);
        }
        None
    }

    /// Moves everything.
    pub fn flush(&mut self, out: &mut Vec<Bytes>) {
        while !self.waiting.is_empty() {
            self.pop(out);
        }
    }

    fn pop(&mut self, out: &mut Vec<Bytes>) {
        if let Some(first) = self.waiting.pop_front() {
            self.cost -= cost(&first.octets);
            out.push(first.octets);
        }
    }
}

/// What one waiting frame costs: itself, and what it takes to remember it.
pub fn cost(octets: &Bytes) -> usize {
    octets.len() + size_of::<Waiting>()
}

/// A frame that shall wait, apart from the read buffer it shares.
///
/// A small frame would keep a whole buffer (64 KiB) alive; a large one is most of it.
pub fn apart(octets: Bytes) -> Bytes {
    const WORTH_SHARING: usize = 16 * 1024;
    match octets.len() < WORTH_SHARING {
        true => Bytes::copy_from_slice(&octets),
        false => octets,
    }
}

/// How much may wait on one connection, in both directions and on all channels.
#[derive(Debug)]
pub struct Budget {
    left: usize,
}

/// Four of the largest messages that RabbitMQ 4 takes (16 MiB).
const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: WAITING_BYTES_MAX,
        }
    }
}

impl Budget {
    pub fn spend(&mut self, cost: usize) -> bool {
        match self.left.checked_sub(cost) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    pub fn spent(&self) -> usize {
        WAITING_BYTES_MAX - self.left
    }

    pub fn refund(&mut self, cost: usize) {
        self.left += cost;
    }
}
