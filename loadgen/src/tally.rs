//! What is counted while the load runs. The history has the rest.

pub mod latencies;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use checkers::history::Outcome;
use hdrhistogram::Histogram;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::workload::Pace;
use latencies::Latencies;

/// Kinds of ends held apart: there are seven. The words come from the system, and one that makes them up would fill the
/// memory of a run of hours.
const OUTCOMES_MAX: usize = 64;

#[derive(Default)]
pub struct Tally {
    pub sent: AtomicU64,
    pub late: AtomicU64,
    pub dropped: AtomicU64,
    pub acknowledged: AtomicU64,
    pub failed: AtomicU64,
    pub unknown: AtomicU64,
    pub ended: AtomicU64,
    pub in_flight: AtomicU64,
    /// Most orders under way since it was last asked.
    in_flight_peak: AtomicU64,
    latest_us: AtomicU64,
    /// A lock held for a few hundred nanoseconds; at 20,000 a second no profile shows it.
    ends: Mutex<Ends>,
}

#[derive(Default)]
struct Ends {
    /// Of the intervals that are over.
    before: Latencies,
    interval: Latencies,
    outcomes: BTreeMap<String, u64>,
}

/// What `verdict.json` says of the load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Load {
    /// In a closed loop a slow system is asked less: latencies look better than customers would find them.
    #[serde(default)]
    pub pace: Pace,
    /// 0 where the system decides.
    pub rate_intended: f64,
    pub orders_per_second: f64,
    pub seconds: f64,
    pub sent: u64,
    pub late: u64,
    pub latest_ms: f64,
    pub dropped: u64,
    pub acknowledged: u64,
    pub failed: u64,
    pub unknown: u64,
    pub ended: u64,
    pub outcomes: BTreeMap<String, u64>,
    /// Intended start to answer.
    pub acknowledgement: Percentiles,
    /// Intended start to the first sight of the end, by coordination.
    pub latency: BTreeMap<String, Percentiles>,
}

/// Milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Percentiles {
    pub count: u64,
    pub p50_ms: f64,
    pub p90_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    pub max_ms: f64,
}

impl Tally {
    pub fn begun(&self) {
        let now = self.in_flight.fetch_add(1, Relaxed) + 1;
        self.in_flight_peak.fetch_max(now, Relaxed);
    }

    pub fn over(&self) {
        self.in_flight.fetch_sub(1, Relaxed);
    }

    pub fn sent(&self, late_by_us: u64, late_from_us: u64) {
        self.sent.fetch_add(1, Relaxed);
        self.latest_us.fetch_max(late_by_us, Relaxed);
        if late_by_us > late_from_us {
            self.late.fetch_add(1, Relaxed);
        }
    }

    pub fn acknowledged(&self, latency_us: u64) {
        self.acknowledged.fetch_add(1, Relaxed);
        self.with(|ends| ends.interval.acknowledged(latency_us));
    }

    pub fn ended(&self, coordination: &str, outcome: &Outcome, latency_us: u64) {
        self.ended.fetch_add(1, Relaxed);
        self.with(|ends| {
            ends.interval.ended(coordination, latency_us);
            let mut outcome = outcome.to_string();
            let outcomes = &mut ends.outcomes;
            if outcomes.len() >= OUTCOMES_MAX && !outcomes.contains_key(&outcome) {
                outcome = "others".into();
            }
            *outcomes.entry(outcome).or_default() += 1;
        });
    }

    /// Operations that did not get a definite good answer.
    pub fn troubles(&self) -> u64 {
        self.failed.load(Relaxed) + self.unknown.load(Relaxed) + self.dropped.load(Relaxed)
    }

    /// Most orders under way at once since the last call.
    pub fn take_peak(&self) -> u64 {
        self.in_flight_peak
            .swap(self.in_flight.load(Relaxed), Relaxed)
    }

    /// Ends the interval: what it brought.
    pub fn end_interval(&self) -> Latencies {
        self.with(|ends| {
            let interval = std::mem::take(&mut ends.interval);
            ends.before.add(&interval);
            interval
        })
    }

    /// Of the run so far.
    pub fn latencies(&self) -> Latencies {
        self.with(|ends| {
            let mut all = ends.before.clone();
            all.add(&ends.interval);
            all
        })
    }

    pub fn ended_by_coordination(&self) -> BTreeMap<String, u64> {
        let ended = self.latencies().by_coordination.into_iter();
        ended.map(|(name, its)| (name, its.len())).collect()
    }

    /// `ended` within the `seconds`: what ended later, when nothing more was sent, is no rate that was kept up.
    pub fn load(&self, rate_intended: f64, seconds: f64, ended: u64) -> Load {
        let read = |counter: &AtomicU64| counter.load(Relaxed);
        let latencies = self.latencies();
        Load {
            pace: Pace::default(),
            rate_intended,
            orders_per_second: if seconds > 0.0 {
                ended as f64 / seconds
            } else {
                0.0
            },
            seconds,
            sent: read(&self.sent),
            late: read(&self.late),
            latest_ms: read(&self.latest_us) as f64 / 1_000.0,
            dropped: read(&self.dropped),
            acknowledged: read(&self.acknowledged),
            failed: read(&self.failed),
            unknown: read(&self.unknown),
            ended: read(&self.ended),
            outcomes: self.with(|ends| ends.outcomes.clone()),
            acknowledgement: Percentiles::of(&latencies.acknowledgement),
            latency: latencies
                .by_coordination
                .iter()
                .map(|(name, histogram)| (name.clone(), Percentiles::of(histogram)))
                .collect(),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Ends) -> T) -> T {
        act(&mut self.ends.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Percentiles {
    pub fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1_000.0;
        Self {
            count: histogram.len(),
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: histogram.max() as f64 / 1_000.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_sends_are_counted_beyond_their_threshold() {
        let tally = Tally::default();
        tally.sent(5, 10);
        tally.sent(11, 10);
        let load = tally.load(1.0, 1.0, 0);
        assert_eq!((load.sent, load.late), (2, 1));
    }

    #[test]
    fn latency_is_kept_by_coordination() {
        let tally = Tally::default();
        (1..=100).for_each(|ms| tally.ended("choreography", &Outcome::confirmed(), ms * 1_000));
        let load = tally.load(50.0, 2.0, 80);
        let latency = load.latency["choreography"];
        assert!((49.9..50.1).contains(&latency.p50_ms), "{latency:?}");
        assert_eq!(load.outcomes["confirmed"], 100);
        assert_eq!(load.orders_per_second, 40.0, "twenty ended later");
    }

    #[test]
    fn a_system_that_makes_up_reasons_does_not_fill_the_memory() {
        let tally = Tally::default();
        let outcomes = (0..1_000).map(|nth| Outcome::rejected(&nth.to_string()));
        outcomes.for_each(|outcome| tally.ended("choreography", &outcome, 1));
        let load = tally.load(1.0, 1.0, 0);
        assert_eq!(load.outcomes.len(), OUTCOMES_MAX + 1);
        assert_eq!(load.outcomes.values().sum::<u64>(), 1_000);
    }

    #[test]
    fn latencies_of_hours_take_the_memory_of_the_first() {
        let tally = Tally::default();
        let cells = || tally.latencies().acknowledgement.distinct_values();
        let before = cells();
        // Past the longest that is held apart.
        let latencies = (0..40).map(|power| 1_u64 << power);
        latencies.for_each(|latency_us| tally.acknowledged(latency_us));
        assert_eq!(cells(), before);
    }

    #[test]
    fn an_interval_is_counted_once_and_stays_in_the_whole() {
        let tally = Tally::default();
        tally.acknowledged(1_000);
        let first = tally.end_interval();
        tally.acknowledged(3_000);
        let second = tally.end_interval();
        let counts = [first, second].map(|interval| interval.acknowledgement.len());
        assert_eq!(counts, [1, 1]);
        let load = tally.load(1.0, 1.0, 0);
        assert_eq!(load.acknowledgement.count, 2);
        assert_eq!(load.acknowledgement.max_ms.round(), 3.0);
    }

    #[test]
    fn the_peak_starts_again_from_what_is_under_way() {
        let tally = Tally::default();
        (0..3).for_each(|_| tally.begun());
        (0..2).for_each(|_| tally.over());
        assert_eq!((tally.take_peak(), tally.take_peak()), (3, 1));
    }
}
