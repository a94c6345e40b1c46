//! Simulated time: it stands still while anything can run, then jumps to the next timer.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
};

/// Noon of a quiet day in 2025. Any date would do that is not zero.
pub const EPOCH_MS: u64 = 1_750_000_000_000;

#[derive(Default)]
pub struct Timeline(Mutex<Timers>);

#[derive(Default)]
struct Timers {
    now_us: u64,
    next_id: u64,
    waiting: BTreeMap<Alarm, Waker>,
}

/// When, and which of those at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alarm {
    pub at_us: u64,
    id: u64,
}

impl Timeline {
    pub fn now_us(&self) -> u64 {
        self.lock().now_us
    }

    pub fn set(&self, at_us: u64, waker: Waker) -> Alarm {
        let mut timers = self.lock();
        timers.next_id += 1;
        let alarm = Alarm {
            at_us,
            id: timers.next_id,
        };
        timers.waiting.insert(alarm, waker);
        alarm
    }

    pub fn renew(&self, alarm: Alarm, waker: &Waker) {
        if let Some(known) = self.lock().waiting.get_mut(&alarm) {
            known.clone_from(waker);
        }
    }

    pub fn forget(&self, alarm: Alarm) {
        let forgotten = self.lock().waiting.remove(&alarm);
        drop(forgotten);
    }

    /// Nobody can run: to the next timer. One at a time, so that those of one instant run
    /// one after the other.
    pub fn advance(&self) {
        let mut timers = self.lock();
        let Some((alarm, waker)) = timers.waiting.pop_first() else {
            return;
        };
        timers.now_us = timers.now_us.max(alarm.at_us);
        drop(timers);
        waker.wake();
    }

    fn lock(&self) -> MutexGuard<'_, Timers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
