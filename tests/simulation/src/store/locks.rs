//! Which transaction holds which row or key.

use std::collections::BTreeMap;
use uuid::Uuid;

/// A row, or a key that is being inserted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Id(&'static str, Uuid),
    Name(&'static str, String),
    Entry(&'static str, Uuid, String),
}

#[derive(Default)]
pub(super) struct Locks(BTreeMap<Key, u64>);

impl Locks {
    /// All of them or none.
    pub(super) fn take(&mut self, keys: &[Key], transaction: u64) -> bool {
        let is_free = |key| self.0.get(key).is_none_or(|holder| *holder == transaction);
        if !keys.iter().all(is_free) {
            return false;
        }
        for key in keys {
            self.0.insert(key.clone(), transaction);
        }
        true
    }

    pub(super) fn release(&mut self, transaction: u64) {
        self.0.retain(|_, holder| *holder != transaction);
    }
}
