//! What a participant's events add up to, beside the state they make: effects are
//! counted by events, never by a status that a second effect would leave as it is.

use payments_core::ledger::Entry;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    /// (order, event) that changed something, and how often.
    pub effects: BTreeMap<(Uuid, &'static str), u8>,
    /// (cause, kind, purse): the ledger by its primary key.
    pub ledger: BTreeMap<(Uuid, &'static str, &'static str), Booked>,
}

/// What stands under one key of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Booked {
    pub customer: String,
    pub amount_minor: i64,
    pub times: u8,
}

impl Tally {
    pub fn count(&mut self, order: Uuid, effect: &'static str) {
        let times = self.effects.entry((order, effect)).or_default();
        *times = times.saturating_add(1);
    }

    pub fn book(&mut self, entry: Entry) {
        let key = (entry.cause, entry.kind, entry.purse.as_str());
        let booked = self.ledger.entry(key).or_default();
        booked.customer = entry.customer.to_string();
        booked.amount_minor += entry.amount_minor;
        booked.times = booked.times.saturating_add(1);
    }

    pub fn times(&self, order: Uuid, effect: &'static str) -> u8 {
        self.effects.get(&(order, effect)).copied().unwrap_or(0)
    }

    /// Whether an effect happened more than once, or two that exclude each other did.
    pub fn has_effect_twice(&self, exclusive: &[&'static str]) -> bool {
        let excluded = |order: Uuid| {
            exclusive
                .iter()
                .map(|effect| self.times(order, effect))
                .sum::<u8>()
                > 1
        };
        self.effects
            .iter()
            .any(|((order, _), times)| *times > 1 || excluded(*order))
    }
}
