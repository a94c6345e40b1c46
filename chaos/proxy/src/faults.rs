//! The rules in force, and the messages that they choose.

use crate::{
    decision::{self, Attempts},
    lease::{self, Held, Leases, locked},
    receipt::{Place, Receipts},
    rule::{Direction, Rule},
    selector::Message,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// Shared by the connections of a proxy and by whoever breaks things.
#[derive(Clone, Debug)]
pub struct Faults {
    leases: Leases<Ruled>,
    receipts: Receipts,
}

#[derive(Debug)]
pub struct Ruled {
    pub rule: Rule,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    matched: u64,
    attempts: Attempts,
}

/// A rule in force.
pub type Armed = Held<Ruled>;
pub type Lease = lease::Lease<Ruled>;

/// A fault that a message was chosen for, with a place for its receipt.
#[derive(Debug)]
pub struct Chosen {
    pub armed: Arc<Armed>,
    /// What it was chosen by, for whatever else chance decides.
    pub hash: u64,
    pub place: Place,
}

impl Faults {
    pub fn new(receipts: Receipts) -> Self {
        Self {
            leases: Leases::default(),
            receipts,
        }
    }

    /// Puts a rule in force for `term`. Earlier rules are asked first.
    pub fn arm(&self, rule: Rule, term: Duration) -> Lease {
        let seen = Mutex::default();
        self.leases.take(Ruled { rule, seen }, term)
    }

    /// Ends every rule. Idempotent.
    pub fn heal(&self) {
        self.leases.heal();
    }

    /// Faults that were not worked because no receipt could be left.
    pub fn unrecorded(&self) -> u64 {
        self.receipts.refused()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.leases.changes()
    }

    /// Whether a message of which only the method is known could be chosen.
    pub(crate) fn may_choose(
        &self,
        directions: &[Direction],
        message: &Message<'_>,
        now: Instant,
    ) -> bool {
        self.leases.live(now).iter().any(|armed| {
            directions.contains(&armed.rule.fault.direction()) && armed.rule.which.may_fit(message)
        })
    }

    /// The first rule that chooses this message.
    pub(crate) fn choose(
        &self,
        direction: Direction,
        message: &Message<'_>,
        now: Instant,
    ) -> Option<Chosen> {
        let (armed, hash) = (self.leases.live(now).into_iter())
            .filter(|armed| armed.rule.fault.direction() == direction)
            .find_map(|armed| armed.chooses(message).map(|hash| (armed, hash)))?;
        let place = self.receipts.reserve()?;
        Some(Chosen { armed, hash, place })
    }

    /// The rules in force for what a broker says unasked.
    pub(crate) fn events(&self, now: Instant) -> Vec<Arc<Armed>> {
        let mut live = self.leases.live(now);
        live.retain(|armed| armed.rule.fault.direction() == Direction::Broker);
        live
    }

    /// Whether this rule chooses this target.
    pub(crate) fn choose_event(&self, armed: &Arc<Armed>, target: &Message<'_>) -> Option<Chosen> {
        let hash = armed.chooses(target)?;
        let place = self.receipts.reserve()?;
        Some(Chosen {
            armed: Arc::clone(armed),
            hash,
            place,
        })
    }
}

impl Ruled {
    /// The hash that chose it.
    fn chooses(&self, message: &Message<'_>) -> Option<u64> {
        let which = &self.rule.which;
        if !which.fits(message) {
            return None;
        }
        let mut seen = locked(&self.seen);
        seen.matched += 1;
        if which.nth.is_some_and(|nth| nth != seen.matched) {
            return None;
        }
        // Without an id, the way of a message and its place in the row stand for it.
        let id = match message.message_id {
            Some(id) => decision::fingerprint([id]),
            None => decision::fingerprint([
                message.exchange,
                message.routing_key,
                &seen.matched.to_be_bytes(),
            ]),
        };
        let attempt = seen.attempts.next(id);
        let hash = decision::hash(self.rule.seed, &self.rule.name, id, attempt);
        let chosen = (which.probability).is_none_or(|share| decision::chosen(hash, share));
        chosen.then_some(hash)
    }
}
