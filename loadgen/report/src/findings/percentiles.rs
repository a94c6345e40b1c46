//! Percentiles of what was measured, by nearest rank: each is a value that some order had.

/// The values in rising order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sorted(Vec<f64>);

impl Sorted {
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// `share` from 0 to 1. No value, no percentile.
    pub fn at(&self, share: f64) -> Option<f64> {
        let rank = (share * self.0.len() as f64).ceil().max(1.0) as usize;
        self.0.get(rank.min(self.0.len()).checked_sub(1)?).copied()
    }

    pub fn max(&self) -> Option<f64> {
        self.0.last().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_value_at_its_rank() {
        let sorted = Sorted::of((1..=100).rev().map(f64::from));
        let at = [0.0, 0.5, 0.95, 0.99, 1.0].map(|share| sorted.at(share));
        assert_eq!(at, [1.0, 50.0, 95.0, 99.0, 100.0].map(Some));
        assert_eq!((sorted.max(), sorted.count()), (Some(100.0), 100));
    }

    #[test]
    fn one_value_is_every_percentile_and_none_is_none() {
        assert_eq!(Sorted::of([7.0]).at(0.99), Some(7.0));
        assert_eq!(Sorted::of([]).at(0.5), None);
    }
}
