//! Delivery tags of one channel, renumbered.
//!
//! ```text
//! broker delivers   1   2            3 (dropped)   4
//! client sees       1   2, 3 (copy)                4      client acks 4, multiple
//! broker is told                                          ack 2 multiple, ack 4
//! ```
//!
//! Pure. The client's tags ascend without a gap, as a broker's do, or its `multiple` would
//! reach over what it has not seen. A delivery that was dropped stays unacknowledged, so
//! no `multiple` of the client may reach over it at the broker either.

use crate::settlement::{Settlement, cover};
use std::{
    collections::{BTreeSet, VecDeque},
    ops::Range,
};

/// What the broker may be told when the client settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// No fault has touched this channel: the very octets.
    AsItCame,
    /// In the broker's tags; nothing where only copies were settled.
    Upstream(Vec<Settlement>),
    /// The client settles what it does not hold: the broker shall close the channel, as
    /// it would have done without us.
    Unknown,
}

#[derive(Debug)]
pub struct Deliveries {
    /// `slots[0]` is the client's tag `first`.
    slots: VecDeque<Slot>,
    first: u64,
    /// The broker's latest tag.
    broker: u64,
    /// The broker's tags that stay unacknowledged without the client's knowledge.
    withheld: BTreeSet<u64>,
    touched: bool,
    /// The broker does not count as brokers do: nothing here may be relied on.
    erratic: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Original(u64),
    Copy,
    Settled,
}

impl Default for Deliveries {
    fn default() -> Self {
        Self {
            slots: VecDeque::new(),
            first: 1,
            broker: 0,
            withheld: BTreeSet::new(),
            touched: false,
            erratic: false,
        }
    }
}

impl Deliveries {
    /// A fault may touch this channel.
    pub fn countable(&self, broker: u64) -> bool {
        !self.erratic && broker == self.broker + 1
    }

    /// A delivery goes to the client. Gives the tag that the client sees.
    pub fn forwarded(&mut self, broker: u64, acknowledged: bool) -> u64 {
        if !self.counted(broker) {
            return broker;
        }
        match acknowledged {
            true => self.push(Slot::Original(broker)),
            // Nobody will ever settle it.
            false => self.push(Slot::Settled),
        }
    }

    /// Another copy of a delivery goes to the client. Gives the tag that the client sees.
    pub fn copied(&mut self, acknowledged: bool) -> u64 {
        self.touched = true;
        match acknowledged {
            true => self.push(Slot::Copy),
            false => self.push(Slot::Settled),
        }
    }

    /// A delivery goes nowhere, and the caller settles it with the broker.
    pub fn dropped_and_settled(&mut self, broker: u64) {
        self.touched |= self.counted(broker);
    }

    /// A delivery goes nowhere, and the broker waits for its acknowledgement for ever; or it
    /// goes later, see [`Deliveries::resumed`].
    pub fn dropped_unacknowledged(&mut self, broker: u64) {
        if self.counted(broker) {
            self.touched = true;
            self.withheld.insert(broker);
        }
    }

    /// A delivery that was held back goes to the client after all, behind later ones. Gives
    /// the tag that the client sees. No `multiple` may reach over it at the broker until it is
    /// settled itself.
    pub fn resumed(&mut self, broker: u64, acknowledged: bool) -> u64 {
        match acknowledged {
            true => self.push(Slot::Original(broker)),
            false => self.push(Slot::Settled),
        }
    }

    /// A delivery that was held back is settled by the caller after all.
    pub fn given_back(&mut self, broker: u64) {
        self.withheld.remove(&broker);
    }

    /// The client acknowledges or rejects.
    pub fn settled(&mut self, settlement: Settlement) -> Settled {
        let known = self.slots_of(settlement);
        let mut tags = Vec::new();
        for slot in self.slots.range_mut(known.clone().unwrap_or(0..0)) {
            if let Slot::Original(broker) = std::mem::replace(slot, Slot::Settled) {
                self.withheld.remove(&broker);
                tags.push(broker);
            }
        }
        // Out of order only where one was held back.
        tags.sort_unstable();
        self.forget_settled();
        match (self.touched, known) {
            (false, _) => Settled::AsItCame,
            (true, Some(_)) => Settled::Upstream(cover(&tags, &self.withheld)),
            (true, None) => Settled::Unknown,
        }
    }

    /// The broker has taken everything back, to deliver it anew.
    pub fn recovered(&mut self) {
        self.slots.iter_mut().for_each(|slot| *slot = Slot::Settled);
        self.withheld.clear();
        self.forget_settled();
    }

    /// How much is remembered, in tags.
    pub fn outstanding(&self) -> usize {
        self.slots.len() + self.withheld.len()
    }

    fn counted(&mut self, broker: u64) -> bool {
        self.erratic = !self.countable(broker);
        self.broker = broker;
        !self.erratic
    }

    fn push(&mut self, slot: Slot) -> u64 {
        self.slots.push_back(slot);
        let tag = self.first + self.slots.len() as u64 - 1;
        self.forget_settled();
        tag
    }

    /// The slots that a settlement in the client's numbers speaks of; `None` where it
    /// names a tag that the client does not hold.
    fn slots_of(&self, settlement: Settlement) -> Option<Range<usize>> {
        if settlement.multiple && settlement.tag == 0 {
            // Zero stands for everything outstanding.
            return Some(0..self.slots.len());
        }
        let at = usize::try_from(settlement.tag.checked_sub(self.first)?).ok()?;
        match self.slots.get(at)? {
            Slot::Settled => None,
            Slot::Original(_) | Slot::Copy => Some(match settlement.multiple {
                true => 0..at + 1,
                false => at..at + 1,
            }),
        }
    }

    fn forget_settled(&mut self) {
        while self.slots.front() == Some(&Slot::Settled) {
            self.slots.pop_front();
            self.first += 1;
        }
    }
}
