//! Who projects, and how far: the rules of the projector's row. Pure.

/// How long the log stays unread when the projecting instance dies without a word.
pub const LEASE_MS: i64 = 3_000;

/// The projector's row. It is moved in the transaction of the rows that it stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projecting {
    /// Grows with every holder: an earlier one finds its own gone.
    pub epoch: i64,
    pub owner: String,
    pub lease_until_ms: i64,
    pub next_offset: i64,
}

/// The right to project, until someone takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub epoch: i64,
    pub next_offset: i64,
}

impl Projecting {
    pub fn lease(&self) -> Lease {
        Lease {
            epoch: self.epoch,
            next_offset: self.next_offset,
        }
    }

    /// By `owner`, if it is its own already or nobody's any more.
    pub fn claimed(self, owner: &str, now_ms: i64) -> Option<Self> {
        let is_free = self.owner == owner || self.lease_until_ms < now_ms;
        is_free.then(|| Self {
            epoch: self.epoch + 1,
            owner: owner.to_owned(),
            lease_until_ms: now_ms + LEASE_MS,
            ..self
        })
    }

    /// To where the holder is; `None` for an earlier holder, whose work is not to be written.
    pub fn advanced(self, lease: Lease, now_ms: i64) -> Option<Self> {
        (self.epoch == lease.epoch).then_some(Self {
            next_offset: lease.next_offset,
            lease_until_ms: now_ms + LEASE_MS,
            ..self
        })
    }

    /// Given back, so that the other instance need not wait for it to run out.
    pub fn released(self, lease: Lease) -> Option<Self> {
        (self.epoch == lease.epoch).then_some(Self {
            lease_until_ms: 0,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 43_200_000;

    fn held_by_one() -> Projecting {
        let row = Projecting::default().claimed("one", NOON);
        row.expect("nobody's at first")
    }

    #[test]
    fn a_lease_is_taken_over_only_when_it_has_run_out() {
        let row = held_by_one();
        assert_eq!(row.clone().claimed("two", NOON + LEASE_MS), None);
        let taken = row.claimed("two", NOON + LEASE_MS + 1);
        let taken = taken.expect("it has run out");
        assert_eq!((taken.epoch, &*taken.owner), (2, "two"));
    }

    #[test]
    fn its_owner_may_claim_it_again_at_once_in_a_new_epoch() {
        let again = held_by_one().claimed("one", NOON).expect("its own");
        assert_eq!(again.epoch, 2);
    }

    #[test]
    fn the_holder_moves_offset_and_lease() {
        let row = held_by_one();
        let lease = Lease {
            next_offset: 7,
            ..row.lease()
        };
        let moved = row.advanced(lease, NOON + 500).expect("still its own");
        assert_eq!(moved.next_offset, 7);
        assert_eq!(moved.lease_until_ms, NOON + 500 + LEASE_MS);
    }

    #[test]
    fn an_earlier_holder_neither_moves_it_nor_gives_it_back() {
        let row = held_by_one();
        let stale = row.lease();
        let row = row.claimed("two", NOON + 2 * LEASE_MS).expect("run out");
        assert_eq!(row.clone().advanced(stale, NOON), None);
        assert_eq!(row.released(stale), None);
    }

    #[test]
    fn what_is_given_back_is_anybodys() {
        let row = held_by_one();
        let lease = row.lease();
        let row = row.released(lease).expect("its own");
        assert!(row.claimed("two", NOON).is_some());
    }
}
