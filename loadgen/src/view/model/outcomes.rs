//! How orders ended, and why operations had no good answer.

use std::collections::BTreeMap;

/// Kinds held apart. The words come from the system, and one that makes them up would fill the memory.
const KINDS_MAX: usize = 64;
const OTHERS: &str = "others";
/// Enough to tell one reason from another.
const WORDS_MAX: usize = 60;

/// So many of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kinds(BTreeMap<String, u64>);

impl Kinds {
    pub fn add(&mut self, kind: &str) {
        let kind: String = kind.chars().take(WORDS_MAX).collect();
        let is_known = self.0.contains_key(&kind);
        let kind = match is_known || self.0.len() < KINDS_MAX {
            true => kind,
            false => OTHERS.to_owned(),
        };
        *self.0.entry(kind).or_default() += 1;
    }

    /// The most frequent first.
    pub fn ranked(&self) -> Vec<(&str, u64)> {
        let mut ranked: Vec<(&str, u64)> =
            self.0.iter().map(|(kind, n)| (kind.as_str(), *n)).collect();
        ranked.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_comes_first() {
        let mut kinds = Kinds::default();
        ["b", "a", "b"].iter().for_each(|kind| kinds.add(kind));
        assert_eq!(kinds.ranked(), [("b", 2), ("a", 1)]);
    }

    #[test]
    fn a_system_that_makes_up_words_does_not_fill_the_memory() {
        let mut kinds = Kinds::default();
        (0..1_000).for_each(|nth| kinds.add(&format!("{nth} {}", "x".repeat(1_000))));
        let ranked = kinds.ranked();
        assert_eq!(ranked.len(), KINDS_MAX + 1);
        assert_eq!(ranked[0], (OTHERS, 1_000 - KINDS_MAX as u64));
        assert!(ranked.iter().all(|(kind, _)| kind.len() <= WORDS_MAX));
    }
}
