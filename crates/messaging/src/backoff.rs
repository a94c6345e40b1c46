//! How long to wait before the next attempt.

use crate::entropy::Entropy;
use std::time::Duration;

/// Doubling with full jitter: instances that lost the same broker at the same
/// moment must not come back at the same moment.
#[derive(Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    attempts: u32,
}

impl Backoff {
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            attempts: 0,
        }
    }

    /// Between half of the doubled wait and the whole of it; never zero, never above the longest.
    pub fn next(&mut self, entropy: &dyn Entropy) -> Duration {
        let whole = self
            .first
            .saturating_mul(1 << self.attempts.min(16))
            .min(self.longest);
        self.attempts = self.attempts.saturating_add(1);
        let half = whole / 2;
        half + Duration::from_micros(entropy.below(half.as_micros() as u64 + 1))
    }

    pub fn reset(&mut self) {
        self.attempts = 0;
    }

    pub const fn attempts(&self) -> u32 {
        self.attempts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SplitMix;

    #[test]
    fn waits_double_up_to_the_longest_and_never_vanish() {
        let entropy = SplitMix::from_seed(1);
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        for attempt in 0..100 {
            let whole = Duration::from_millis(100 << attempt.min(16)).min(Duration::from_secs(5));
            let wait = backoff.next(&entropy);
            assert!(wait >= whole / 2 && wait <= whole, "{attempt}: {wait:?}");
        }
        backoff.reset();
        assert!(backoff.next(&entropy) <= Duration::from_millis(100));
    }
}
