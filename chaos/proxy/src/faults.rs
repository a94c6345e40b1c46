//! The rules in force. Each is a lease: it ends by itself unless its holder renews it.

use crate::{
    decision::{self, Attempts},
    receipt::{Place, Receipts},
    rule::{Direction, Rule},
    selector::Message,
};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// Shared by the connections of a proxy and by whoever breaks things.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    armed: RwLock<Vec<Arc<Armed>>>,
    /// Spares the lock on the way of every message while nothing is broken.
    any: AtomicBool,
    /// Counts changes, for connections that wait for a delay to end.
    changes: watch::Sender<u64>,
    receipts: Receipts,
    /// Rules that were ever armed.
    armed_ever: AtomicU64,
}

/// A rule in force.
#[derive(Debug)]
pub struct Armed {
    /// No two rules that were ever armed have the same.
    pub id: u64,
    pub rule: Rule,
    until: Mutex<Instant>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    matched: u64,
    attempts: Attempts,
}

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
        Self(Arc::new(Shared {
            armed: RwLock::default(),
            any: AtomicBool::new(false),
            changes: watch::channel(0).0,
            receipts,
            armed_ever: AtomicU64::new(0),
        }))
    }

    /// Puts a rule in force for `term`. Earlier rules are asked first.
    pub fn arm(&self, rule: Rule, term: Duration) -> Lease {
        let armed = Arc::new(Armed {
            id: self.0.armed_ever.fetch_add(1, Ordering::Relaxed),
            rule,
            until: Mutex::new(Instant::now() + term),
            seen: Mutex::default(),
        });
        self.change(|all| all.push(Arc::clone(&armed)));
        Lease {
            faults: self.clone(),
            armed,
            term,
        }
    }

    /// Ends every rule. Idempotent.
    pub fn heal(&self) {
        self.change(|all| {
            let now = Instant::now();
            all.iter().for_each(|armed| armed.end(now));
            all.clear();
        });
    }

    /// Faults that were not worked because no receipt could be left.
    pub fn unrecorded(&self) -> u64 {
        self.0.receipts.refused()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// Whether a message of which only the method is known could be chosen.
    pub(crate) fn may_choose(
        &self,
        directions: &[Direction],
        message: &Message<'_>,
        now: Instant,
    ) -> bool {
        self.any()
            && self.live(now).iter().any(|armed| {
                directions.contains(&armed.rule.fault.direction())
                    && armed.rule.which.may_fit(message)
            })
    }

    /// The first rule that chooses this message.
    pub(crate) fn choose(
        &self,
        direction: Direction,
        message: &Message<'_>,
        now: Instant,
    ) -> Option<Chosen> {
        if !self.any() {
            return None;
        }
        let (armed, hash) = (self.live(now).into_iter())
            .filter(|armed| armed.rule.fault.direction() == direction)
            .find_map(|armed| armed.chooses(message).map(|hash| (armed, hash)))?;
        let place = self.0.receipts.reserve()?;
        Some(Chosen { armed, hash, place })
    }

    /// The rules in force for what a broker says unasked.
    pub(crate) fn events(&self, now: Instant) -> Vec<Arc<Armed>> {
        if !self.any() {
            return Vec::new();
        }
        let mut live = self.live(now);
        live.retain(|armed| armed.rule.fault.direction() == Direction::Broker);
        live
    }

    /// Whether this rule chooses this target.
    pub(crate) fn choose_event(&self, armed: &Arc<Armed>, target: &Message<'_>) -> Option<Chosen> {
        let hash = armed.chooses(target)?;
        let place = self.0.receipts.reserve()?;
        Some(Chosen {
            armed: Arc::clone(armed),
            hash,
            place,
        })
    }

    fn any(&self) -> bool {
        self.0.any.load(Ordering::Acquire)
    }

    fn live(&self, now: Instant) -> Vec<Arc<Armed>> {
        let all = self.0.armed.read().unwrap_or_else(PoisonError::into_inner);
        (all.iter().filter(|armed| armed.is_live(now)).cloned()).collect()
    }

    fn change(&self, how: impl FnOnce(&mut Vec<Arc<Armed>>)) {
        let mut all = self.0.armed.write().unwrap_or_else(PoisonError::into_inner);
        // Leases that ran out are cleared away whenever something else changes.
        let now = Instant::now();
        all.retain(|armed| armed.is_live(now));
        how(&mut all);
        self.0.any.store(!all.is_empty(), Ordering::Release);
        drop(all);
        self.0.changes.send_modify(|count| *count += 1);
    }
}

impl Armed {
    pub fn is_live(&self, now: Instant) -> bool {
        now < self.until()
    }

    pub fn until(&self) -> Instant {
        *locked(&self.until)
    }

    fn end(&self, now: Instant) {
        *locked(&self.until) = now;
    }

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

/// Holds a rule in force; the rule ends with it.
#[derive(Debug)]
pub struct Lease {
    faults: Faults,
    armed: Arc<Armed>,
    term: Duration,
}

impl Lease {
    /// Another term from now. A lease that has run out stays out: `false`.
    pub fn renew(&self) -> bool {
        let now = Instant::now();
        let mut until = locked(&self.armed.until);
        let live = now < *until;
        if live {
            *until = now + self.term;
        }
        live
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.armed.end(Instant::now());
        self.faults.change(|_| {});
    }
}

/// A panic elsewhere must not keep a fault in force: what is guarded is valid at every step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rule::{Fault, OnPublish},
        selector::Selector,
    };

    const TERM: Duration = Duration::from_secs(10);

    fn faults() -> Faults {
        Faults::new(Receipts::channel(8).0)
    }

    fn rule() -> Rule {
        Rule {
            name: "twice".into(),
            seed: 1,
            which: Selector::default(),
            fault: Fault::Publish(OnPublish::Duplicate),
        }
    }

    fn in_force(faults: &Faults) -> bool {
        let any = Message {
            exchange: b"e",
            routing_key: b"k",
            ..Message::default()
        };
        faults.may_choose(&[Direction::Publish], &any, Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_holds_as_long_as_it_is_renewed_and_not_a_moment_longer() {
        let faults = faults();
        let lease = faults.arm(rule(), TERM);
        for _ in 0..3 {
            tokio::time::advance(TERM - Duration::from_millis(1)).await;
            assert!(in_force(&faults) && lease.renew());
        }
        tokio::time::advance(TERM).await;
        assert!(!in_force(&faults));
        assert!(!lease.renew(), "out is out");
        assert!(!in_force(&faults));
    }

    #[tokio::test]
    async fn a_rule_ends_with_its_lease_and_with_healing_however_often() {
        let faults = faults();
        drop(faults.arm(rule(), TERM));
        assert!(!in_force(&faults));
        let lease = faults.arm(rule(), TERM);
        assert!(in_force(&faults));
        faults.heal();
        faults.heal();
        assert!(!in_force(&faults) && !lease.renew());
    }
}
