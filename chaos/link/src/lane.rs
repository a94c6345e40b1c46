//! One direction of a connection on its way out: in order, and sometimes late.
//!
//! ```text
//! read ──> end, chunk 3, chunk 2, chunk 1 ──> written when it is due
//! ```
//!
//! A chunk remembers when it came, not when it is due: what holds it back is asked of the
//! rules in force, and with the last of them it goes.

use bytes::{Buf, Bytes};
use std::collections::VecDeque;
use tokio::time::Instant;

/// Above this, nothing more is read: the sender waits, as it would for a slow receiver. It
/// lets 2.5 MB/s pass a link of 100 ms, more than a service here moves, and a thousand
/// connections that are full in both directions take half a GiB.
pub const LANE_BYTES_MAX: usize = 256 * 1024;

/// How a direction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The sender has said all.
    Finished,
    /// The sender is gone.
    Reset,
}

/// What is due next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// Octets that came at this time; their place in the stream.
    Chunk {
        came: Instant,
        place: u64,
    },
    End {
        came: Instant,
        end: End,
    },
}

#[derive(Debug, Default)]
pub struct Lane {
    chunks: VecDeque<Chunk>,
    /// Of the chunks, and of remembering them.
    cost: usize,
    end: Option<(Instant, End)>,
    closed: bool,
}

#[derive(Debug)]
struct Chunk {
    octets: Bytes,
    came: Instant,
    place: u64,
}

impl Lane {
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty() && self.end.is_none()
    }

    /// Empty, and more may come.
    pub fn is_idle(&self) -> bool {
        self.is_empty() && !self.closed
    }

    /// Whether more may be read.
    pub fn has_room(&self) -> bool {
        !self.closed && self.cost < LANE_BYTES_MAX
    }

    pub fn push(&mut self, octets: &[u8], came: Instant, place: u64) {
        if octets.is_empty() {
            return;
        }
        self.cost += cost(octets);
        self.chunks.push_back(Chunk {
            octets: Bytes::copy_from_slice(octets),
            came,
            place,
        });
    }

    /// Nothing comes after this.
    pub fn end(&mut self, end: End, came: Instant) {
        self.end = Some((came, end));
        self.closed = true;
    }

    /// Nothing comes any more, and the receiver is not told.
    pub fn close(&mut self) {
        self.closed = true;
    }

    pub fn head(&self) -> Option<Head> {
        match (self.chunks.front(), self.end) {
            (Some(chunk), _) => Some(Head::Chunk {
                came: chunk.came,
                place: chunk.place,
            }),
            (None, Some((came, end))) => Some(Head::End { came, end }),
            (None, None) => None,
        }
    }

    /// The first octets, at most so many.
    pub fn front(&self, at_most: usize) -> &[u8] {
        let chunk = self.chunks.front().map_or(&[][..], |chunk| &chunk.octets);
        chunk.get(..at_most).unwrap_or(chunk)
    }

    /// So many of the first chunk's octets are written.
    pub fn written(&mut self, octets: usize) {
        let Some(chunk) = self.chunks.front_mut() else {
            return;
        };
        self.cost -= cost(&chunk.octets);
        chunk.octets.advance(octets.min(chunk.octets.len()));
        match chunk.octets.is_empty() {
            true => drop(self.chunks.pop_front()),
            false => self.cost += cost(&chunk.octets),
        }
    }
}

/// Many small chunks must not remember more than they are.
fn cost(octets: &[u8]) -> usize {
    octets.len() + size_of::<Chunk>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn octets_leave_in_order_whatever_is_taken_at_once_and_the_end_comes_last() {
        let mut lane = Lane::default();
        let now = Instant::now();
        for (place, chunk) in [(0, b"one"), (3, b"two")] {
            lane.push(chunk, now, place);
        }
        lane.end(End::Finished, now);
        assert!(!lane.has_room());
        let mut left = Vec::new();
        while let Some(Head::Chunk { .. }) = lane.head() {
            left.extend_from_slice(lane.front(2));
            let taken = lane.front(2).len();
            lane.written(taken);
        }
        assert_eq!(left, b"onetwo");
        let end = Head::End {
            came: now,
            end: End::Finished,
        };
        assert_eq!((lane.head(), lane.cost), (Some(end), 0));
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_is_bounded_however_small_the_chunks() {
        for chunk in [&[0; 1][..], &[0; 4096]] {
            let mut lane = Lane::default();
            let mut remembered = 0;
            while lane.has_room() {
                lane.push(chunk, Instant::now(), 0);
                remembered += chunk.len() + size_of::<Chunk>();
            }
            assert!(remembered <= LANE_BYTES_MAX + chunk.len() + size_of::<Chunk>());
            lane.written(chunk.len());
            assert!(lane.has_room());
        }
    }
}
