//! How long it took: lately, and since the load began. From the intended start, as everywhere.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;

use super::second_of;
use super::seconds::Seconds;
use crate::tally::Percentiles;
use crate::tally::latencies::{LATENCY_US_MAX, histogram};

/// Long enough for a p99 of a few dozen orders a second, short enough to show a fault.
pub const RECENT_SECONDS: u64 = 10;
/// Two coordinations and the acknowledgement; a replay's history may have other words in it.
const SERIES_MAX: usize = 8;

#[derive(Default)]
pub struct Latency {
    series: BTreeMap<String, Series>,
}

struct Series {
    since_start: Histogram<u64>,
    recent: Seconds<Slice>,
}

/// One second's, exact to two digits: ten of them are summed up for each look.
struct Slice(Histogram<u64>);

/// The percentiles of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub name: String,
    pub recent: Percentiles,
    pub since_start: Percentiles,
}

impl Default for Slice {
    fn default() -> Self {
        let histogram = Histogram::new_with_max(LATENCY_US_MAX, 2);
        Self(histogram.expect("two digits up to an hour are within its limits"))
    }
}

impl Latency {
    pub fn record(&mut self, name: &str, at_us: u64, latency_us: u64) {
        if !self.series.contains_key(name) {
            if self.series.len() >= SERIES_MAX {
                return;
            }
            let series = Series {
                since_start: histogram(),
                recent: Seconds::keeping(RECENT_SECONDS as usize + 1),
            };
            self.series.insert(name.to_owned(), series);
        }
        let Some(series) = self.series.get_mut(name) else {
            return;
        };
        series.since_start.saturating_record(latency_us);
        if let Some(slice) = series.recent.at(second_of(at_us)) {
            slice.0.saturating_record(latency_us);
        }
    }

    pub fn rows(&self, now_us: u64) -> Vec<Row> {
        let now = second_of(now_us);
        let rows = self.series.iter().map(|(name, series)| {
            let mut recent = Slice::default().0;
            let slices = (series.recent).between(now.saturating_sub(RECENT_SECONDS - 1), now + 1);
            for slice in slices {
                // Of the same bounds: it fits.
                let _ = recent.add(&slice.0);
            }
            Row {
                name: name.clone(),
                recent: Percentiles::of(&recent),
                since_start: Percentiles::of(&series.since_start),
            }
        });
        rows.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recent_past_forgets_what_the_whole_run_keeps() {
        let mut latency = Latency::default();
        let second = 1_000_000;
        (0..100).for_each(|_| latency.record("choreography", 0, 900_000));
        (0..10).for_each(|_| latency.record("choreography", 20 * second, 5_000));
        let row = latency.rows(20 * second).remove(0);
        assert_eq!((row.recent.count, row.since_start.count), (10, 110));
        assert!((4.9..5.1).contains(&row.recent.p99_ms), "{row:?}");
        assert!((899.0..910.0).contains(&row.since_start.p50_ms), "{row:?}");
        let row = latency.rows(31 * second).remove(0);
        assert_eq!(row.recent.count, 0, "nothing ended lately");
    }

    #[test]
    fn a_history_that_makes_up_coordinations_does_not_fill_the_memory() {
        let mut latency = Latency::default();
        (0..1_000).for_each(|nth| latency.record(&nth.to_string(), 0, 1));
        assert_eq!(latency.rows(0).len(), SERIES_MAX);
    }
}
