//! What each service keeps: the slice of it that commands touch, and what a batch changes.
//! The in-memory likeness of each shell's `tables.rs`; the rules are the cores'.

pub mod inventory;
pub mod orchestrator;
pub mod orders;
pub mod payments;
pub mod shipping;

pub use super::locks::Key;
use decider::{Changes, Decider};
use std::collections::BTreeMap;

pub trait Tables<P: Decider>: Default + Send + Sync + 'static {
    /// The rows that the commands touch, and which of them are locked.
    fn load(&self, commands: &[P::Command]) -> (P::State, Vec<Key>);
    /// Keys that are inserted, plainly: to find one there is a unique violation.
    fn inserted(before: &P::State, after: &P::State, events: &[P::Event]) -> Vec<Key>;
    fn has(&self, key: &Key) -> bool;
    fn save(&mut self, before: &P::State, after: &P::State, events: &[P::Event]);
}

/// The rows with these keys.
fn rows<'a, K: Ord + Clone + 'a, V: Clone>(
    table: &BTreeMap<K, V>,
    keys: impl IntoIterator<Item = &'a K>,
) -> BTreeMap<K, V> {
    (keys.into_iter())
        .filter_map(|key| Some((key.clone(), table.get(key)?.clone())))
        .collect()
}

/// Inserts and updates.
fn write<K: Ord + Clone, V: PartialEq + Clone>(
    table: &mut BTreeMap<K, V>,
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
) {
    let Changes { new, known } = Changes::between(before, after);
    for (key, value) in new.into_iter().chain(known) {
        table.insert(key.clone(), value.clone());
    }
}

fn new_keys<K: Ord, V: PartialEq>(
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
    key: impl Fn(&K) -> Key,
) -> Vec<Key> {
    let changes = Changes::between(before, after);
    changes.new.into_iter().map(|(id, _)| key(id)).collect()
}
