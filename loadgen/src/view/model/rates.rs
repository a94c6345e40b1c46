//! What is counted, and how fast: the counters of the load now and then, as figures a second.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::second_of;
use super::seconds::Seconds;
use crate::tally::Tally;

/// Shown as one column each: more than the widest terminal has.
const SECONDS_KEPT: usize = 600;
/// "Now" is the mean of so many whole seconds: one alone jumps, more lag behind.
pub const NOW_SECONDS: u64 = 3;

/// The load's counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counters {
    /// Orders that the schedule wanted so far; `None` where the system decides.
    pub intended: Option<u64>,
    pub sent: u64,
    pub acknowledged: u64,
    pub ended: u64,
    pub in_flight: u64,
    pub late: u64,
    pub dropped: u64,
    pub failed: u64,
    pub unknown: u64,
}

/// What came in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Came {
    pub intended: u64,
    pub sent: u64,
    pub ended: u64,
}

pub struct Rates {
    pub counters: Counters,
    seconds: Seconds<Came>,
    now: u64,
}

impl Counters {
    pub fn of(tally: &Tally, intended: Option<u64>) -> Self {
        let read = |counter: &AtomicU64| counter.load(Relaxed);
        Self {
            intended,
            sent: read(&tally.sent),
            acknowledged: read(&tally.acknowledged),
            ended: read(&tally.ended),
            in_flight: read(&tally.in_flight),
            late: read(&tally.late),
            dropped: read(&tally.dropped),
            failed: read(&tally.failed),
            unknown: read(&tally.unknown),
        }
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            counters: Counters::default(),
            seconds: Seconds::keeping(SECONDS_KEPT),
            now: 0,
        }
    }
}

impl Rates {
    pub fn sample(&mut self, counters: Counters, now_us: u64) {
        self.now = second_of(now_us);
        let before = std::mem::replace(&mut self.counters, counters);
        let Some(came) = self.seconds.at(self.now) else {
            return;
        };
        let more = |now: u64, before: u64| now.saturating_sub(before);
        came.intended += more(counters.intended.unwrap_or(0), before.intended.unwrap_or(0));
        came.sent += more(counters.sent, before.sent);
        came.ended += more(counters.ended, before.ended);
    }

    /// A second, over the last whole seconds.
    pub fn now(&self, figure: impl Fn(&Came) -> u64) -> f64 {
        let from = self.now.saturating_sub(NOW_SECONDS);
        let sum: u64 = self.seconds.between(from, self.now).map(figure).sum();
        sum as f64 / NOW_SECONDS as f64
    }

    /// Second by second, the oldest first; the last one is not over yet.
    pub fn history(&self, count: usize) -> Vec<Came> {
        self.seconds.latest(count).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(samples: &[(u64, u64)]) -> Rates {
        let mut rates = Rates::default();
        for (at_ms, sent) in samples {
            let counters = Counters {
                sent: *sent,
                ..Counters::default()
            };
            rates.sample(counters, at_ms * 1_000);
        }
        rates
    }

    #[test]
    fn a_rate_is_what_was_counted_in_the_last_whole_seconds() {
        // Ten, twenty, thirty, and five in the second that is not over.
        let rates = sampled(&[
            (1_000, 0),
            (1_900, 10),
            (2_500, 30),
            (3_100, 50),
            (3_900, 60),
            (4_250, 65),
        ]);
        assert_eq!(rates.now(|came| came.sent), 20.0);
        let columns: Vec<u64> = rates.history(9).iter().map(|came| came.sent).collect();
        assert_eq!(columns, [10, 20, 30, 5]);
    }

    #[test]
    fn a_load_that_stands_still_has_the_rate_zero() {
        let rates = sampled(&[(1_000, 0), (1_500, 90), (6_000, 90)]);
        assert_eq!(rates.now(|came| came.sent), 0.0);
    }

    #[test]
    fn a_figure_that_the_system_decides_is_not_there() {
        let counters = Counters::of(&Tally::default(), None);
        assert_eq!(counters.intended, None);
    }
}
