//! What a batch changed in one map of a state: rows to insert, rows to update.

use std::collections::BTreeMap;

/// The entries of `after` that `before` does not have, and those it has otherwise.
#[derive(Debug)]
pub struct Changes<'a, K, V> {
    pub new: Vec<(&'a K, &'a V)>,
    pub known: Vec<(&'a K, &'a V)>,
}

impl<'a, K: Ord, V: PartialEq> Changes<'a, K, V> {
    /// In key order, so that two batches write the same rows in the same order.
    pub fn between(before: &BTreeMap<K, V>, after: &'a BTreeMap<K, V>) -> Self {
        let (known, new) = after
            .iter()
            .filter(|(key, value)| before.get(key) != Some(value))
            .partition(|(key, _)| before.contains_key(key));
        Self { new, known }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_as_it_was_is_not_written() {
        let before = BTreeMap::from([(1, 'a'), (2, 'b')]);
        let after = BTreeMap::from([(1, 'a'), (2, 'c'), (3, 'd')]);
        let changes = Changes::between(&before, &after);
        assert_eq!(changes.new, [(&3, &'d')]);
        assert_eq!(changes.known, [(&2, &'c')]);
    }
}
