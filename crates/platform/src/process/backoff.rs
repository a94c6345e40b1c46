//! When to start a dead process again.

use std::time::Duration;

/// The middle of the first delay: long enough for the kernel to free the ports, short enough not to show.
const FIRST: Duration = Duration::from_millis(200);
/// The middle of the longest delay, as long as an operator will watch a crash loop without wondering.
const CAP: Duration = Duration::from_secs(10);
/// Up for this long means that the next death is a new story.
pub const STEADY: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub struct Backoff {
    deaths_in_a_row: u32,
}

impl Backoff {
    /// The delay after a death. `jitter` is uniform in 0..1: instances killed together must not return together.
    pub fn after(&mut self, uptime: Duration, jitter: f64) -> Duration {
        if uptime >= STEADY {
            self.deaths_in_a_row = 0;
        }
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(self.deaths_in_a_row));
        self.deaths_in_a_row = self.deaths_in_a_row.saturating_add(1);
        doubled.min(CAP).mul_f64(0.5 + jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRASH: Duration = Duration::from_millis(5);

    #[test]
    fn the_first_restart_comes_within_300_ms() {
        assert_eq!(
            Backoff::default().after(CRASH, 0.0),
            Duration::from_millis(100)
        );
        assert_eq!(
            Backoff::default().after(CRASH, 1.0),
            Duration::from_millis(300)
        );
    }

    #[test]
    fn a_crash_loop_slows_down_to_the_cap_and_stays_there() {
        let mut backoff = Backoff::default();
        let delays: Vec<_> = (0..100).map(|_| backoff.after(CRASH, 0.5)).collect();
        assert!(delays.is_sorted());
        assert_eq!(delays.last(), Some(&CAP));
    }

    #[test]
    fn a_process_that_was_up_long_enough_starts_over() {
        let mut backoff = Backoff::default();
        for _ in 0..10 {
            backoff.after(CRASH, 0.5);
        }
        assert_eq!(backoff.after(STEADY, 0.5), FIRST);
    }
}
