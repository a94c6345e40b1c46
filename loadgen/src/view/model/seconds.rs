//! Figures by the second they belong to: the latest are kept, the oldest forgotten.

use std::collections::VecDeque;

pub struct Seconds<T> {
    /// The second of the first slot.
    first: u64,
    slots: VecDeque<T>,
    kept: usize,
}

impl<T: Default> Seconds<T> {
    pub fn keeping(kept: usize) -> Self {
        Self {
            first: 0,
            slots: VecDeque::new(),
            kept,
        }
    }

    /// The slot of a second; `None` when it is forgotten already.
    pub fn at(&mut self, second: u64) -> Option<&mut T> {
        let next = self.first + self.slots.len() as u64;
        // Nothing of what is there would stay: a clock that jumped is not followed second by second.
        if self.slots.is_empty() || second >= next + self.kept as u64 {
            self.slots.clear();
            self.first = second;
        }
        while self.first + (self.slots.len() as u64) <= second {
            self.slots.push_back(T::default());
            if self.slots.len() > self.kept {
                self.slots.pop_front();
                self.first += 1;
            }
        }
        let nth = second.checked_sub(self.first)?;
        self.slots.get_mut(usize::try_from(nth).ok()?)
    }

    /// The slots of these seconds that are there, the oldest first.
    pub fn between(&self, from: u64, until: u64) -> impl Iterator<Item = &T> {
        let nth = |second: u64| usize::try_from(second.saturating_sub(self.first));
        let (skipped, ended) = (nth(from).unwrap_or(0), nth(until).unwrap_or(0));
        self.slots
            .iter()
            .skip(skipped)
            .take(ended.saturating_sub(skipped))
    }

    /// The latest slots, at most so many, the oldest first.
    pub fn latest(&self, count: usize) -> impl ExactSizeIterator<Item = &T> {
        self.slots
            .range(self.slots.len().saturating_sub(count)..self.slots.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(seconds: &Seconds<u64>) -> Vec<u64> {
        seconds.latest(usize::MAX).copied().collect()
    }

    #[test]
    fn seconds_in_which_nothing_happened_are_there_too() {
        let mut seconds = Seconds::keeping(10);
        for (second, figure) in [(100, 1), (103, 4)] {
            *seconds.at(second).expect("kept") = figure;
        }
        assert_eq!(kept(&seconds), [1, 0, 0, 4]);
        assert!(seconds.between(100, 103).eq(&[1, 0, 0]));
        assert!(seconds.between(0, 101).eq(&[1]));
        assert!(seconds.between(104, 900).next().is_none());
    }

    #[test]
    fn the_oldest_is_forgotten_and_what_comes_too_late_is_passed_over() {
        let mut seconds = Seconds::keeping(3);
        (100..105).for_each(|second| *seconds.at(second).expect("kept") = second);
        assert_eq!(kept(&seconds), [102, 103, 104]);
        assert_eq!(seconds.at(101), None);
        assert_eq!(seconds.at(103), Some(&mut 103));
        assert!(seconds.latest(2).eq(&[103, 104]));
    }

    #[test]
    fn a_clock_that_jumps_an_age_ahead_begins_anew() {
        let mut seconds = Seconds::keeping(3);
        *seconds.at(1).expect("kept") = 7;
        *seconds.at(u64::MAX / 2).expect("kept") = 8;
        assert_eq!(kept(&seconds), [8]);
    }
}
