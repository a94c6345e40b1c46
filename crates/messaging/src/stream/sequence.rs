//! Which entries of a stream come next.
//!
//! A stream delivers nothing a second time by itself: an entry that was lost on its way shows only by the offset of the
//! one after it, and is to be asked for again.

/// Offsets may have gaps of the broker's own, and retention takes entries away. A gap that is still there after so many
/// looks is one of these: a stranger that loses one message in ten hides one for so long once in a million times.
const LOOKS_MAX: u32 = 5;

pub struct Sequence {
    next: u64,
    looks: u32,
}

impl Sequence {
    pub const fn from(next: u64) -> Self {
        Self { next, looks: 0 }
    }

    /// The first offset that was not taken yet.
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Takes them up to the first gap; how many those are. The others are to be read again from [`Self::next`].
    pub fn take(&mut self, offsets: impl Iterator<Item = u64>) -> usize {
        let mut taken = 0;
        for offset in offsets {
            // From the beginning means from whatever is there first.
            let is_gap = offset > self.next && self.next > 0;
            if is_gap && self.looks < LOOKS_MAX {
                self.looks += 1;
                return taken;
            }
            if is_gap {
                let (from, to) = (self.next, offset - 1);
                tracing::warn!(from, to, "entries of the stream are not there any more");
            }
            self.looks = 0;
            self.next = self.next.max(offset + 1);
            taken += 1;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_gap_is_taken_whole() {
        let mut sequence = Sequence::from(7);
        assert_eq!(sequence.take(7..12), 5);
        assert_eq!(sequence.next(), 12);
    }

    #[test]
    fn the_first_of_all_may_have_any_offset() {
        let mut sequence = Sequence::from(0);
        assert_eq!(sequence.take(300..302), 2);
        assert_eq!(sequence.next(), 302);
    }

    #[test]
    fn what_is_behind_a_gap_is_not_taken_and_the_gap_is_next() {
        let mut sequence = Sequence::from(1);
        assert_eq!(sequence.take([1, 2, 4, 5].into_iter()), 2);
        assert_eq!(sequence.next(), 3);
        assert_eq!(sequence.take(3..6), 3);
        assert_eq!(sequence.next(), 6);
    }

    #[test]
    fn one_that_overtook_another_comes_after_it() {
        let mut sequence = Sequence::from(1);
        assert_eq!(sequence.take([2, 1].into_iter()), 0);
        assert_eq!(sequence.take(1..3), 2);
    }

    #[test]
    fn a_second_copy_goes_back_nowhere() {
        let mut sequence = Sequence::from(1);
        assert_eq!(sequence.take([1, 2, 1, 3].into_iter()), 4);
        assert_eq!(sequence.next(), 4);
    }

    #[test]
    fn a_gap_that_stays_is_the_brokers_own() {
        let mut sequence = Sequence::from(1);
        for _ in 0..LOOKS_MAX {
            assert_eq!(sequence.take(5..7), 0);
        }
        assert_eq!(sequence.take(5..7), 2);
        assert_eq!(sequence.next(), 7);
    }
}
