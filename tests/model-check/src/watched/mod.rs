//! The five cores: which of their events are effects, and what their rows must add up to.

pub mod inventory;
pub mod orchestrator;
pub mod orders;
pub mod payments;
pub mod shipping;

use crate::{marks::Marks, tally::Tally};
use decider::Participant;
use payments_core::ledger::Entry;
use std::hash::Hash;
use uuid::Uuid;

/// A core, and what the model looks for in it.
pub trait Watched: Participant<State: Hash> {
    /// The order on which this event is an effect: at most one of its kind, ever.
    /// `None`: a remark, which may be made again.
    fn effect_on(event: &Self::Event) -> Option<Uuid>;
    fn entries(_event: &Self::Event) -> Vec<Entry> {
        vec![]
    }
    fn marks(state: &Self::State, tally: &Tally) -> Marks;
    /// Whether the step of this order is undone, or may never be done.
    fn is_undone(state: &Self::State, order: Uuid) -> bool;
    /// Its rows, in a few words.
    fn picture(state: &Self::State) -> String;
}

/// The name of an order in a story: its last digit.
pub fn name(order: Uuid) -> String {
    format!("{:X}", order.as_u128() & 0xf)
}

/// `A reserved, B refused`.
fn list<'a>(orders: impl Iterator<Item = (Uuid, &'a str)>) -> String {
    let words: Vec<_> = orders
        .map(|(order, word)| format!("{} {word}", name(order)))
        .collect();
    words.join(", ")
}
