//! Things in force for a term: a lease ends by itself unless its holder renews it.

use std::{
    ops::Deref,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// Where a sum of times ends that no clock can hold: as good as never.
const NEVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// What is in force, shared by those it is for and those who put it there.
#[derive(Debug)]
pub struct Leases<T>(Arc<Shared<T>>);

#[derive(Debug)]
struct Shared<T> {
    held: RwLock<Vec<Arc<Held<T>>>>,
    /// Spares the lock on the way of every message while nothing is in force.
    any: AtomicBool,
    /// Counts changes.
    changes: watch::Sender<u64>,
}

/// Something in force.
#[derive(Debug)]
pub struct Held<T> {
    /// The change that put it in force: no two that were ever held have the same.
    pub number: u64,
    held: T,
    until: Mutex<Instant>,
}

impl<T> Leases<T> {
    /// Puts something in force for `term`, behind what is there.
    pub fn take(&self, held: T, term: Duration) -> Lease<T> {
        let held = self.change(|all, number| {
            let held = Arc::new(Held {
                number,
                held,
                until: Mutex::new(after(Instant::now(), term)),
            });
            all.push(Arc::clone(&held));
            held
        });
        Lease {
            leases: self.clone(),
            held,
            term,
        }
    }

    /// Ends all. Idempotent.
    pub fn heal(&self) {
        self.change(|all, _| {
            let now = Instant::now();
            all.iter().for_each(|held| held.end(now));
            all.clear();
        });
    }

    /// Whether anything may be in force.
    pub fn any(&self) -> bool {
        self.0.any.load(Ordering::Acquire)
    }

    pub fn live(&self, now: Instant) -> Vec<Arc<Held<T>>> {
        if !self.any() {
            return Vec::new();
        }
        let all = self.0.held.read().unwrap_or_else(PoisonError::into_inner);
        (all.iter().filter(|held| held.is_live(now)).cloned()).collect()
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// The number of the last change.
    pub fn now(&self) -> u64 {
        *self.0.changes.borrow()
    }

    /// Tells of leases when they run out, as of any other change. Never returns.
    pub async fn keep_time(&self) {
        let mut changes = self.changes();
        loop {
            changes.borrow_and_update();
            let next = {
                let all = self.0.held.read().unwrap_or_else(PoisonError::into_inner);
                all.iter().map(|held| held.until()).min()
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

    /// What ran out is cleared away whenever something else changes.
    fn change<R>(&self, how: impl FnOnce(&mut Vec<Arc<Held<T>>>, u64) -> R) -> R {
        let mut all = self.0.held.write().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        all.retain(|held| held.is_live(now));
        let number = self.now() + 1;
        let made = how(&mut all, number);
        self.0.any.store(!all.is_empty(), Ordering::Release);
        self.0.changes.send_replace(number);
        made
    }
}

impl<T> Default for Leases<T> {
    fn default() -> Self {
        Self(Arc::new(Shared {
            held: RwLock::default(),
            any: AtomicBool::new(false),
            changes: watch::channel(0).0,
        }))
    }
}

impl<T> Clone for Leases<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Held<T> {
    pub fn is_live(&self, now: Instant) -> bool {
        now < self.until()
    }

    pub fn until(&self) -> Instant {
        *locked(&self.until)
    }

    fn end(&self, now: Instant) {
        *locked(&self.until) = now;
    }
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.held
    }
}

/// Holds something in force; that ends with it.
#[derive(Debug)]
pub struct Lease<T> {
    leases: Leases<T>,
    held: Arc<Held<T>>,
    term: Duration,
}

impl<T> Lease<T> {
    /// Another term from now. A lease that has run out stays out: `false`.
    pub fn renew(&self) -> bool {
        let now = Instant::now();
        let mut until = locked(&self.held.until);
        let live = now < *until;
        if live {
            *until = after(now, self.term);
        }
        live
    }
}

impl<T> Drop for Lease<T> {
    fn drop(&mut self) {
        self.held.end(Instant::now());
        self.leases.change(|_, _| ());
    }
}

/// A panic elsewhere must not keep a fault in force: what is guarded is valid at every step.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Durations come from people: the largest of them must not overflow.
pub fn after(instant: Instant, by: Duration) -> Instant {
    instant.checked_add(by).unwrap_or(instant + NEVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERM: Duration = Duration::from_secs(10);

    fn in_force(leases: &Leases<()>) -> usize {
        leases.live(Instant::now()).len()
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_holds_as_long_as_it_is_renewed_and_not_a_moment_longer() {
        let leases = Leases::default();
        let lease = leases.take((), TERM);
        for _ in 0..3 {
            tokio::time::advance(TERM - Duration::from_millis(1)).await;
            assert!(in_force(&leases) == 1 && lease.renew());
        }
        tokio::time::advance(TERM).await;
        assert_eq!(in_force(&leases), 0);
        assert!(!lease.renew(), "out is out");
        assert_eq!(in_force(&leases), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_change_hears_of_a_lease_that_runs_out_and_not_of_one_renewed() {
        let leases = Leases::default();
        let keeper = tokio::spawn({
            let leases = leases.clone();
            async move { leases.keep_time().await }
        });
        let started = Instant::now();
        let lease = leases.take((), TERM);
        let mut changes = leases.changes();
        tokio::time::sleep(TERM / 2).await;
        assert!(lease.renew());
        changes.changed().await.expect("the sender lives");
        assert_eq!(started.elapsed().as_secs(), 15);
        assert_eq!(in_force(&leases), 0);
        keeper.abort();
    }

    #[tokio::test]
    async fn what_is_held_ends_with_its_lease_and_with_healing_however_often() {
        let leases = Leases::default();
        drop(leases.take((), TERM));
        assert!(in_force(&leases) == 0 && !leases.any());
        let lease = leases.take((), Duration::MAX);
        assert_eq!(in_force(&leases), 1);
        leases.heal();
        leases.heal();
        assert!(in_force(&leases) == 0 && !lease.renew());
    }
}
