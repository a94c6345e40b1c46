//! What callers got and how many orders were open, second by second, from raw samples.
//!
//! Raw, because a rate hides what a restart takes with it and the first answers of a kind: a burst of errors that comes
//! within one scrape is a new series without a rise.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::History;
use crate::journal::Journal;
use crate::telemetry::Indicators;

/// Four scrapes a second apart, and one that may be missed.
pub const WINDOW_S: u64 = 5;
const SCRAPES_MIN: usize = 4;
/// A gauge that was not scraped for longer shows the past.
const FRESH_S: u64 = 2;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Requests {
    pub all: f64,
    /// Answered without a server error.
    pub good: f64,
}

/// By unix second, where one was scraped: what was asked up to it since the one before.
pub struct Seconds {
    requests: BTreeMap<u64, Requests>,
    open_orders: BTreeMap<u64, f64>,
}

/// The requests of the last few seconds, and the orders that were open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Unix ms.
    pub at_ms: u64,
    /// Orders that the load sent in that time.
    pub sent: f64,
    pub requests: Requests,
    pub open_orders: f64,
}

/// The orders that the load sent, by the unix second in which it did.
pub struct Sent(BTreeMap<u64, u64>);

impl Sent {
    pub fn of(history: &History) -> Self {
        let mut sent = BTreeMap::new();
        for placed in history.placed() {
            let at_us = placed.operation.invocation.sent_us;
            *sent.entry(at_us / 1_000_000).or_default() += 1;
        }
        Self(sent)
    }

    /// Unix ms of the first and the last: before and after, silence says nothing.
    pub fn span_ms(&self) -> Option<(u64, u64)> {
        let (first, _) = self.0.first_key_value()?;
        let (last, _) = self.0.last_key_value()?;
        Some((first * 1_000, last * 1_000 + 999))
    }

    /// In the window that ends at this second.
    fn within(&self, end: u64) -> f64 {
        let window = self.0.range(end.saturating_sub(WINDOW_S)..end);
        window.map(|(_, orders)| *orders as f64).sum()
    }
}

impl Requests {
    pub fn add(&mut self, other: Requests) {
        self.all += other.all;
        self.good += other.good;
    }

    /// 1 where nobody asked: nobody was refused.
    pub fn good_share(self) -> f64 {
        if self.all > 0.0 {
            self.good / self.all
        } else {
            1.0
        }
    }
}

impl Seconds {
    pub fn of(indicators: &Indicators, started_ms: u64, journal: &Journal) -> Self {
        let mut requests: BTreeMap<u64, Requests> = BTreeMap::new();
        for series in &indicators.requests {
            let is_good = !series.label("status").starts_with('5');
            for (at_ms, all) in series.steps(started_ms, journal) {
                let good = if is_good { all } else { 0.0 };
                let second = requests.entry(second(at_ms)).or_default();
                second.add(Requests { all, good });
            }
        }
        let mut open_orders: BTreeMap<u64, f64> = BTreeMap::new();
        // Each instance counts in the one database; the higher count is the later one, or the more careful.
        for &(at_ms, open) in indicators.open_orders.iter().flat_map(|it| &it.samples) {
            let most = open_orders.entry(second(at_ms)).or_default();
            *most = most.max(open);
        }
        Self {
            requests,
            open_orders,
        }
    }

    /// One a second, where there are scrapes enough; all of its window lies between the two.
    pub fn points(&self, from_ms: u64, to_ms: u64, sent: &Sent) -> Vec<Point> {
        let within = second(from_ms).saturating_add(WINDOW_S)..=to_ms / 1_000;
        // Around the scrapes alone: between two times that cannot be lie more seconds than anybody can walk through.
        let scraped = self.requests.keys();
        let ends = scraped.flat_map(|at| *at..at.saturating_add(WINDOW_S));
        let ends: BTreeSet<u64> = ends.filter(|end| within.contains(end)).collect();
        let points = ends.into_iter().filter_map(|end| self.point(end, sent));
        points.collect()
    }

    fn point(&self, end: u64, sent: &Sent) -> Option<Point> {
        let mut requests = Requests::default();
        let mut scrapes = 0;
        for (_, second) in self.requests.range(end + 1 - WINDOW_S..=end) {
            requests.add(*second);
            scrapes += 1;
        }
        let mut fresh = self.open_orders.range(end + 1 - FRESH_S..=end);
        let (_, open_orders) = fresh.next_back()?;
        (scrapes >= SCRAPES_MIN).then_some(Point {
            at_ms: end * 1_000,
            sent: sent.within(end),
            requests,
            open_orders: *open_orders,
        })
    }

    /// Between two times (unix ms), by unix second.
    pub fn requests(&self, from_ms: u64, to_ms: u64) -> impl Iterator<Item = (u64, Requests)> {
        let from = second(from_ms) + 1;
        let range = from..from.max(to_ms / 1_000 + 1);
        self.requests.range(range).map(|(at, it)| (*at, *it))
    }
}

/// The full second at which a sample was there.
fn second(at_ms: u64) -> u64 {
    at_ms.div_ceil(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Series;

    fn series(status: &str, samples: &[(u64, f64)]) -> Series {
        Series {
            name: "c".into(),
            service: "gateway".into(),
            instance: "gateway-1".into(),
            labels: [("status".to_owned(), status.to_owned())].into(),
            samples: samples.to_vec(),
        }
    }

    /// Ten good requests a second, and two open orders.
    fn calm(seconds: std::ops::RangeInclusive<u64>) -> Indicators {
        let rising = |at: u64| (at * 1_000, 10.0 * at as f64);
        let rising: Vec<_> = seconds.clone().map(rising).collect();
        let open: Vec<_> = seconds.map(|at| (at * 1_000, 2.0)).collect();
        Indicators {
            requests: vec![series("202", &rising)],
            open_orders: vec![series("", &open)],
        }
    }

    fn points(indicators: &Indicators) -> Vec<Point> {
        // Ten a second.
        let sent = Sent((1..=20).map(|second| (second, 10)).collect());
        Seconds::of(indicators, 1_000, &Journal::default()).points(1_000, 20_000, &sent)
    }

    #[test]
    fn a_point_is_of_the_seconds_before_it() {
        let first = points(&calm(1..=20))[0];
        let (all, good) = (50.0, 50.0);
        let requests = Requests { all, good };
        let open_orders = 2.0;
        let expected = Point {
            at_ms: 6_000,
            sent: 50.0,
            requests,
            open_orders,
        };
        assert_eq!(first, expected);
    }

    #[test]
    fn a_burst_of_errors_within_one_scrape_is_seen() {
        let mut indicators = calm(1..=20);
        indicators.requests.push(series("502", &[(8_500, 50.0)]));
        let points = points(&indicators);
        let at = |at_ms| points.iter().find(|point| point.at_ms == at_ms);
        let share = |at_ms| at(at_ms).map(|point| point.requests.good_share());
        assert_eq!(share(8_000), Some(1.0));
        assert_eq!(share(9_000), Some(0.5));
    }

    #[test]
    fn where_scrapes_are_missing_there_is_no_point() {
        let mut indicators = calm(1..=20);
        let is_seen = |(at_ms, _): &(u64, f64)| !(8_000..=12_000).contains(at_ms);
        indicators.requests[0].samples.retain(is_seen);
        let seen: Vec<u64> = points(&indicators).iter().map(|it| it.at_ms).collect();
        assert_eq!(seen[..3], [6_000, 7_000, 8_000]);
        assert_eq!(seen[3], 16_000);
        indicators.open_orders.clear();
        assert_eq!(points(&indicators), []);
    }
}
