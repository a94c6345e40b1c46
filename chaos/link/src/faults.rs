//! The rules in force. Each is a lease: it ends by itself unless its holder renews it.

use crate::{
    receipt::{Place, Receipts},
    rule::Rule,
};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// Where a sum of times ends that no clock can hold: as good as never.
const NEVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// Shared by the connections of a link and by whoever breaks it.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    armed: RwLock<Vec<Arc<Armed>>>,
    /// Counts changes. Rules and connections are in order by it: a rule with a higher
    /// number than a connection found that connection open.
    changes: watch::Sender<u64>,
    receipts: Receipts,
}

/// A rule in force.
#[derive(Debug)]
pub(crate) struct Armed {
    pub rule: Rule,
    pub number: u64,
    until: Mutex<Instant>,
    commits: AtomicU64,
}

impl Faults {
    pub fn new(receipts: Receipts) -> Self {
        Self(Arc::new(Shared {
            armed: RwLock::default(),
            changes: watch::channel(0).0,
            receipts,
        }))
    }

    /// Puts a rule in force for `term`.
    pub fn arm(&self, rule: Rule, term: Duration) -> Lease {
        let armed = self.change(|all, number| {
            let armed = Arc::new(Armed {
                rule,
                number,
                until: Mutex::new(after(Instant::now(), term)),
                commits: AtomicU64::new(0),
            });
            all.push(Arc::clone(&armed));
            armed
        });
        Lease {
            faults: self.clone(),
            armed,
            term,
        }
    }

    /// Ends every rule. Idempotent.
    pub fn heal(&self) {
        self.change(|all, _| {
            let now = Instant::now();
            all.iter().for_each(|armed| armed.end(now));
            all.clear();
        });
    }

    /// Times that a fault was not worked because no receipt could be left.
    pub fn unrecorded(&self) -> u64 {
        self.0.receipts.refused()
    }

    pub(crate) fn reserve(&self) -> Option<Place> {
        self.0.receipts.reserve()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// The number of the last change.
    pub(crate) fn now(&self) -> u64 {
        *self.0.changes.borrow()
    }

    pub(crate) fn live(&self, now: Instant) -> Vec<Arc<Armed>> {
        let all = self.0.armed.read().unwrap_or_else(PoisonError::into_inner);
        (all.iter().filter(|armed| armed.is_live(now)).cloned()).collect()
    }

    /// Ends leases when they run out, so that who waits for a change hears of it. Never
    /// returns; a link has it run beside its acceptor.
    pub(crate) async fn keep_time(&self) {
        let mut changes = self.changes();
        loop {
            changes.borrow_and_update();
            let next = {
                let all = self.0.armed.read().unwrap_or_else(PoisonError::into_inner);
                all.iter().map(|armed| armed.until()).min()
            };
            match next {
                Some(next) if next <= Instant::now() => self.change(|_, _| ()),
                Some(next) => tokio::select! {
                    _ = changes.changed() => {}
                    () = sleep_until(next) => {}
                },
                None => {
                    let _ = changes.changed().await;
                }
            }
        }
    }

    fn change<T>(&self, how: impl FnOnce(&mut Vec<Arc<Armed>>, u64) -> T) -> T {
        let mut all = self.0.armed.write().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        all.retain(|armed| armed.is_live(now));
        let number = self.now() + 1;
        let made = how(&mut all, number);
        self.0.changes.send_replace(number);
        made
    }
}

impl Armed {
    pub fn is_live(&self, now: Instant) -> bool {
        now < self.until()
    }

    /// This commit's number among those that the rule has seen, from one.
    pub fn count_commit(&self) -> u64 {
        self.commits.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn until(&self) -> Instant {
        *locked(&self.until)
    }

    fn end(&self, now: Instant) {
        *locked(&self.until) = now;
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
            *until = after(now, self.term);
        }
        live
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.armed.end(Instant::now());
        self.faults.change(|_, _| ());
    }
}

/// A panic elsewhere must not keep a fault in force: what is guarded is valid at every step.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Durations come from people: the largest of them must not overflow.
pub(crate) fn after(instant: Instant, by: Duration) -> Instant {
    instant.checked_add(by).unwrap_or(instant + NEVER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Fault;

    const TERM: Duration = Duration::from_secs(10);

    fn rule() -> Rule {
        Rule {
            name: "cut".into(),
            seed: 1,
            fault: Fault::Reset,
        }
    }

    fn faults() -> Faults {
        Faults::new(Receipts::channel(8).0)
    }

    fn in_force(faults: &Faults) -> usize {
        faults.live(Instant::now()).len()
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_holds_as_long_as_it_is_renewed_and_not_a_moment_longer() {
        let faults = faults();
        let lease = faults.arm(rule(), TERM);
        for _ in 0..3 {
            tokio::time::advance(TERM - Duration::from_millis(1)).await;
            assert!(in_force(&faults) == 1 && lease.renew());
        }
        tokio::time::advance(TERM).await;
        assert_eq!(in_force(&faults), 0);
        assert!(!lease.renew(), "out is out");
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_change_hears_of_a_lease_that_runs_out_and_not_of_one_renewed() {
        let faults = faults();
        let keeper = tokio::spawn({
            let faults = faults.clone();
            async move { faults.keep_time().await }
        });
        let started = Instant::now();
        let lease = faults.arm(rule(), TERM);
        let mut changes = faults.changes();
        tokio::time::sleep(TERM / 2).await;
        assert!(lease.renew());
        changes.changed().await.expect("the sender lives");
        assert_eq!(started.elapsed().as_secs(), 15);
        assert_eq!(in_force(&faults), 0);
        keeper.abort();
    }

    #[tokio::test]
    async fn a_rule_ends_with_its_lease_and_with_healing_however_often() {
        let faults = faults();
        drop(faults.arm(rule(), TERM));
        assert_eq!(in_force(&faults), 0);
        let lease = faults.arm(rule(), Duration::MAX);
        assert_eq!(in_force(&faults), 1);
        faults.heal();
        faults.heal();
        assert!(in_force(&faults) == 0 && !lease.renew());
    }
}
