//! A set of small numbers, in one word.

/// How many different messages, letters or inbox rows a model can tell apart. The
/// largest there is uses some eighty.
pub const BITS_MAX: usize = 128;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bits(u128);

impl Bits {
    pub const EMPTY: Bits = Bits(0);

    pub fn of(index: usize) -> Self {
        assert!(
            index < BITS_MAX,
            "the model has more than {BITS_MAX} different messages: make its bounds smaller"
        );
        Self(1 << index)
    }

    pub fn contains(self, index: usize) -> bool {
        self.0 >> index & 1 == 1
    }

    pub fn with(self, others: Bits) -> Self {
        Self(self.0 | others.0)
    }

    pub fn without(self, others: Bits) -> Self {
        Self(self.0 & !others.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    pub fn first(self) -> Option<usize> {
        (!self.is_empty()).then(|| self.0.trailing_zeros() as usize)
    }

    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self;
        std::iter::from_fn(move || {
            let first = left.first()?;
            left.0 &= left.0 - 1;
            Some(first)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_gives_back_what_was_put_in_in_order() {
        let set = Bits::of(3).with(Bits::of(127)).with(Bits::of(0));
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 3, 127]);
        assert_eq!(set.without(Bits::of(0)).first(), Some(3));
        assert!(set.contains(127) && !set.contains(4));
        assert!(Bits::EMPTY.iter().next().is_none());
    }
}
