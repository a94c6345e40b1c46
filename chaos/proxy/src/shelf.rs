//! Messages that wait beside their lane while others pass them by.
//!
//! ```text
//! unit 3 ──> lane ──> unit 1, unit 4 ──> writer
//!   └─> shelf: unit 2 (until the fault ends), unit 3 (until the next one has passed)
//! ```
//!
//! Pure. What leaves the shelf leaves it in the order in which it came.

use crate::{faults::Armed, frame::Frame, lane::cost};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Messages on one shelf: a consumer's prefetch, or a few seconds of a busy publisher.
const MESSAGES_MAX: usize = 4096;
/// The largest message that RabbitMQ 4 takes: a quarter of what may wait on a connection.
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long a message waits to be overtaken. A channel with traffic has another one within
/// milliseconds; on one without, order means nothing.
const OVERTAKEN_WITHIN: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    FaultEnds,
    /// The next message of the lane has been sent, or none came in time.
    Overtaken,
}

/// What a message needs to be counted when it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// Its tag for the client, in confirm mode.
    Publish(Option<u64>),
    Delivery {
        acknowledged: bool,
    },
}

#[derive(Debug)]
pub struct Parcel {
    pub frames: Vec<Frame>,
    pub late: Late,
    until: Until,
    due: Option<Instant>,
    armed: Arc<Armed>,
}

impl Parcel {
    pub fn new(
        frames: &[Frame],
        late: Late,
        until: Until,
        armed: &Arc<Armed>,
        now: Instant,
    ) -> Self {
        Self {
            frames: frames.to_vec(),
            late,
            until,
            due: match until {
                Until::FaultEnds => None,
                Until::Overtaken => Some(now + OVERTAKEN_WITHIN),
            },
            armed: Arc::clone(armed),
        }
    }

    pub fn cost(&self) -> usize {
        costs(&self.frames)
    }

    fn is_over(&self, overtaken: bool, now: Instant) -> bool {
        overtaken && self.until == Until::Overtaken
            || self.due.is_some_and(|due| now >= due)
            || !self.armed.is_live(now)
    }

    fn ends(&self) -> Instant {
        let until = self.armed.until();
        self.due.map_or(until, |due| due.min(until))
    }
}

pub fn costs(frames: &[Frame]) -> usize {
    frames.iter().map(|frame| cost(frame.raw())).sum()
}

#[derive(Debug, Default)]
pub struct Shelf {
    parcels: Vec<Parcel>,
    cost: usize,
    /// A message of the lane has been sent since the last one was put here.
    overtaken: bool,
}

impl Shelf {
    pub fn is_empty(&self) -> bool {
        self.parcels.is_empty()
    }

    /// A second message that waits to be overtaken would wait for the first one's turn.
    pub fn has_room(&self, cost: usize, until: Until) -> bool {
        let waits = |parcel: &Parcel| parcel.until == Until::Overtaken;
        self.parcels.len() < MESSAGES_MAX
            && self.cost + cost <= BYTES_MAX
            && !(until == Until::Overtaken && self.parcels.iter().any(waits))
    }

    pub fn put(&mut self, parcel: Parcel) {
        self.cost += parcel.cost();
        self.overtaken &= parcel.until != Until::Overtaken;
        self.parcels.push(parcel);
    }

    /// A message of the lane has been sent.
    pub fn overtake(&mut self) {
        self.overtaken = true;
    }

    /// What need not wait any longer.
    pub fn take_over(&mut self, now: Instant) -> Vec<Parcel> {
        let overtaken = self.overtaken;
        self.take(|parcel| parcel.is_over(overtaken, now))
    }

    pub fn take(&mut self, which: impl FnMut(&mut Parcel) -> bool) -> Vec<Parcel> {
        let taken: Vec<_> = self.parcels.extract_if(.., which).collect();
        self.cost -= taken.iter().map(Parcel::cost).sum::<usize>();
        taken
    }

    /// When it is worth asking again.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        let ends = self.parcels.iter().map(Parcel::ends);
        ends.filter(|end| *end > now).min()
    }
}
