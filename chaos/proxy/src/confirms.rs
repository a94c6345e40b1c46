//! Publisher confirms of one channel, renumbered.
//!
//! Client and broker both count publishes from one. As soon as a publish is dropped or
//! sent twice, their counts differ:
//!
//! ```text
//! client publishes   1   2   3 (dropped)   4
//! broker counts      1   2,3 (twice)       4      broker acks 4, multiple
//! client is told                                  ack 2 multiple, ack 4     (3 by intent)
//! ```
//!
//! Pure. A confirm that a client does not expect makes it give up the channel, so after
//! the first fault nothing passes that is not known to be expected.

use crate::settlement::{Settlement, cover};
use std::{
    collections::{BTreeSet, VecDeque},
    ops::Range,
};

/// What is to become of the broker's confirm of a publish, asked when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Forward,
    /// The client never hears of it.
    Swallow,
    /// The client hears the opposite.
    Deny,
}

/// What the client may be told when the broker confirms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// No fault has touched this channel: the very octets.
    AsItCame,
    /// In the client's tags; nothing where only copies were confirmed.
    Rewritten {
        /// To be told first, each singly: then no `multiple` below speaks of them.
        denied: Vec<u64>,
        told: Vec<Settlement>,
    },
}

#[derive(Debug)]
pub struct Confirms {
    /// `slots[0]` is the broker's sequence number `first`.
    slots: VecDeque<Slot>,
    first: u64,
    /// The client's latest tag.
    client: u64,
    /// Tags that the client waits for in vain: `multiple` must not reach over them.
    withheld: BTreeSet<u64>,
    touched: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// The client's tag.
    Original(u64),
    Copy,
    Confirmed,
}

impl Default for Confirms {
    fn default() -> Self {
        Self {
            slots: VecDeque::new(),
            first: 1,
            client: 0,
            withheld: BTreeSet::new(),
            touched: false,
        }
    }
}

impl Confirms {
    /// The client's publish goes to the broker. Gives the client's tag.
    pub fn forwarded(&mut self) -> u64 {
        self.client += 1;
        self.slots.push_back(Slot::Original(self.client));
        self.client
    }

    /// A publish of which the client knows nothing goes to the broker.
    pub fn copied(&mut self) {
        self.touched = true;
        self.slots.push_back(Slot::Copy);
    }

    /// The client's publish goes nowhere; the caller confirms it. Gives the client's tag.
    pub fn dropped_and_answered(&mut self) -> u64 {
        self.touched = true;
        self.client += 1;
        self.client
    }

    /// The client's publish goes nowhere, and nobody will ever confirm it; or it goes later,
    /// see [`Confirms::resumed`].
    pub fn dropped_in_silence(&mut self) -> u64 {
        let tag = self.dropped_and_answered();
        self.withheld.insert(tag);
        tag
    }

    /// A publish that was held back goes to the broker after all, behind later ones. No
    /// `multiple` may reach over its tag until it is confirmed itself.
    pub fn resumed(&mut self, tag: u64) {
        self.slots.push_back(Slot::Original(tag));
    }

    /// The broker confirms, with an ack or a nack. `fate` is asked once for each of the
    /// client's tags that this confirms.
    pub fn confirmed(
        &mut self,
        settlement: Settlement,
        mut fate: impl FnMut(u64) -> Fate,
    ) -> Confirmed {
        let covered = self.covered(settlement);
        let (mut tags, mut denied) = (Vec::new(), Vec::new());
        for slot in self.slots.range_mut(covered) {
            if let Slot::Original(client) = std::mem::replace(slot, Slot::Confirmed) {
                match fate(client) {
                    Fate::Forward => {
                        self.withheld.remove(&client);
                        tags.push(client);
                    }
                    Fate::Swallow => {
                        self.touched = true;
                        self.withheld.insert(client);
                    }
                    Fate::Deny => {
                        self.touched = true;
                        self.withheld.remove(&client);
                        denied.push(client);
                    }
                }
            }
        }
        // Out of order only where one was held back.
        tags.sort_unstable();
        while self.slots.front() == Some(&Slot::Confirmed) {
            self.slots.pop_front();
            self.first += 1;
        }
        match self.touched {
            false => Confirmed::AsItCame,
            true => Confirmed::Rewritten {
                denied,
                told: cover(&tags, &self.withheld),
            },
        }
    }

    /// How much is remembered, in tags.
    pub fn outstanding(&self) -> usize {
        self.slots.len() + self.withheld.len()
    }

    /// The slots that a settlement in the broker's numbers speaks of.
    fn covered(&self, settlement: Settlement) -> Range<usize> {
        let end = match settlement {
            // Zero stands for everything outstanding.
            Settlement {
                tag: 0,
                multiple: true,
            } => self.slots.len(),
            Settlement { tag, .. } => {
                let end = tag.saturating_add(1).saturating_sub(self.first);
                usize::try_from(end).unwrap_or(usize::MAX)
            }
        };
        match settlement.multiple {
            true => 0..end.min(self.slots.len()),
            false if (1..=self.slots.len()).contains(&end) => end - 1..end,
            false => 0..0,
        }
    }
}
