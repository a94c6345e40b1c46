//! Waiting longer after each failure, each instance differently.

use std::time::Duration;

/// The first wait: a restarting back-end is back within a second.
const FIRST: Duration = Duration::from_millis(100);

/// The longest wait: well within a registration's time to live.
const LONGEST: Duration = Duration::from_secs(2);

/// Full jitter over a doubling bound, so that instances that failed together do not come back together.
#[derive(Debug)]
pub(crate) struct Backoff {
    bound: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { bound: FIRST }
    }

    pub(crate) fn next(&mut self) -> Duration {
        // Half of the bound at least: full jitter down to nothing would hammer a back-end that refuses at once.
        let share: f64 = rand::random_range(0.5..=1.0);
        let wait = self.bound.mul_f64(share);
        self.bound = (self.bound * 2).min(LONGEST);
        wait
    }

    pub(crate) fn reset(&mut self) {
        self.bound = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, FIRST, LONGEST};

    #[test]
    fn waits_grow_to_a_bound_and_start_again() {
        let mut backoff = Backoff::new();
        assert!(backoff.next() <= FIRST);
        for _ in 0..20 {
            assert!(backoff.next() <= LONGEST);
        }
        assert!(backoff.next() >= LONGEST / 2);
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
