//! One direction of one channel.

use super::{Around, Side};
use crate::{
    frame::{Frame, Malformed},
    lane::{Delay, Lane, apart, cost},
    shelf::{Shelf, Until, costs},
    unit::Progress,
};
use bytes::Bytes;
use tokio::time::Instant;

/// Frames of our own that wait for the end of a unit. A peer that lets a unit hang while
/// it makes us speak more often than this is not a client of any use.
const OWN_FRAMES_MAX: usize = 65_536;

#[derive(Debug)]
pub struct Way {
    from: Side,
    pub progress: Progress,
    /// The unit that a fault could apply to, as far as it is here.
    pub held: Option<Held>,
    /// Own frames, while a unit passes that must not be interrupted.
    own: Vec<Bytes>,
    /// What units of our own among them cost, of the connection's budget.
    own_cost: usize,
    pub lane: Lane,
    pub shelf: Shelf,
}

/// A unit that is gathered.
#[derive(Debug)]
pub struct Held {
    pub frames: Vec<Frame>,
    cost: usize,
}

impl Way {
    pub fn new(from: Side) -> Self {
        Self {
            from,
            progress: Progress::default(),
            held: None,
            own: Vec::new(),
            own_cost: 0,
            lane: Lane::default(),
            shelf: Shelf::default(),
        }
    }

    /// Begins to gather. `false`: there is no room for it.
    pub fn hold(&mut self, method: &Frame, around: &mut Around<'_>) -> bool {
        self.held = Some(Held {
            frames: Vec::new(),
            cost: 0,
        });
        self.gather(method, around)
    }

    /// Gathers another frame. `false`: there is no room for it.
    pub fn gather(&mut self, frame: &Frame, around: &mut Around<'_>) -> bool {
        let Some(held) = &mut self.held else {
            return false;
        };
        let cost = cost(frame.raw());
        let room = around.budget.spend(cost);
        if room {
            held.cost += cost;
            held.frames.push(frame.apart());
        }
        room
    }

    /// What was gathered, which waits no longer.
    pub fn gathered(&mut self, around: &mut Around<'_>) -> Vec<Frame> {
        match self.held.take() {
            Some(held) => {
                around.budget.refund(held.cost);
                held.frames
            }
            None => Vec::new(),
        }
    }

    /// Sends a frame on, behind whatever waits.
    pub fn send(&mut self, octets: Bytes, delay: Option<Delay>, around: &mut Around<'_>) {
        let out = around.out.to(self.from.other());
        if self.lane.is_empty() && delay.is_none() {
            return out.push(octets);
        }
        let octets = apart(octets);
        if around.budget.spend(cost(&octets)) {
            return self.lane.push(octets, delay);
        }
        // No room to wait in: late no longer, but in order and whole.
        self.flush(around);
        around.out.to(self.from.other()).push(octets);
    }

    /// Lets go what is due; when to ask again.
    pub fn release(&mut self, around: &mut Around<'_>) -> Option<Instant> {
        let cost = self.lane.cost();
        let out = around.out.to(self.from.other());
        let again = self.lane.release(around.now, out);
        around.budget.refund(cost - self.lane.cost());
        again
    }

    /// Lets go everything in the lane.
    pub fn flush(&mut self, around: &mut Around<'_>) {
        around.budget.refund(self.lane.cost());
        self.lane.flush(around.out.to(self.from.other()));
    }

    /// Sends a frame of our own, never into the middle of a unit.
    pub fn send_own(
        &mut self,
        channel: u16,
        octets: Bytes,
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        if self.is_between_units() {
            self.send(octets, None, around);
            return Ok(());
        }
        if self.own.len() == OWN_FRAMES_MAX {
            return Err(Malformed::TooMany {
                what: "frames of our own",
                channel,
                limit: OWN_FRAMES_MAX,
            });
        }
        self.own.push(octets);
        Ok(())
    }

    /// Sends a unit of our own, whole. `false`: it would have to wait, and there is no room.
    pub fn send_own_unit(&mut self, unit: Vec<Bytes>, around: &mut Around<'_>) -> bool {
        if self.is_between_units() {
            for octets in unit {
                self.send(octets, None, around);
            }
            return true;
        }
        let costs = unit.iter().map(cost).sum();
        let room = self.own.len() + unit.len() <= OWN_FRAMES_MAX && around.budget.spend(costs);
        if room {
            self.own_cost += costs;
            self.own.extend(unit);
        }
        room
    }

    /// Of a held unit, nothing is on its way.
    pub fn is_between_units(&self) -> bool {
        self.held.is_some() || self.progress == Progress::Between
    }

    /// Pays for a place on the shelf. `false`: there is none.
    pub fn has_shelf_room(
        &mut self,
        frames: &[Frame],
        until: Until,
        around: &mut Around<'_>,
    ) -> bool {
        let cost = costs(frames);
        self.shelf.has_room(cost, until) && around.budget.spend(cost)
    }

    /// Something waits here, for time to pass or a fault to end.
    pub fn is_waiting(&self) -> bool {
        !self.lane.is_empty() || !self.shelf.is_empty()
    }

    /// The unit that passed is whole.
    pub fn unit_ended(&mut self, around: &mut Around<'_>) {
        self.shelf.overtake();
        self.refund_own(around);
        for octets in std::mem::take(&mut self.own) {
            self.send(octets, None, around);
        }
    }

    /// The channel is gone; what waits in its lane still leaves.
    pub fn reset(&mut self, around: &mut Around<'_>) {
        self.gathered(around);
        self.refund_own(around);
        self.own.clear();
        self.progress = Progress::Between;
    }

    fn refund_own(&mut self, around: &mut Around<'_>) {
        around.budget.refund(std::mem::take(&mut self.own_cost));
    }

    /// Nothing that waits here shall leave.
    pub fn discard(&mut self, around: &mut Around<'_>) {
        around.budget.refund(self.lane.cost());
        self.lane = Lane::default();
    }

    pub fn is_blank(&self) -> bool {
        self.progress == Progress::Between && !self.is_waiting()
    }
}
