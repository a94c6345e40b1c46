//! The level of the baseline, and when the system is back at it.

use std::fmt;

use super::indicator::{Point, Requests};

/// One request in a hundred: a window of some seconds has about as many.
const SHARE_BAND: f64 = 0.01;
/// Arrivals are random and held reads are answered when they like; half of the usual is never noise.
const REQUESTS_MIN: f64 = 0.5;
/// A system under test breathes: twice as many open orders as in the baseline are usual, and fifty are what a busy
/// machine holds up for a second or two. Of a system that does not come back they are hundreds, and more each second.
const USUAL_FACTOR: f64 = 2.0;
const USUAL_MIN: f64 = 50.0;
/// Three good seconds in a row are no accident.
pub const GOOD_MS: u64 = 3_000;
const POINT_MS: u64 = 1_000;

pub struct Level {
    good_share_min: f64,
    /// In one window, in which as many orders were sent as usual.
    requests_min: f64,
    sent_usual: f64,
    open_orders_max: f64,
}

impl Level {
    /// Of the points before the first fault.
    pub fn of<'a>(baseline: impl Iterator<Item = &'a Point>) -> Result<Self, &'static str> {
        let mut requests = Requests::default();
        let (mut windows, mut sent, mut open_orders) = (0.0, 0.0, 0.0_f64);
        for point in baseline {
            requests.add(point.requests);
            open_orders = open_orders.max(point.open_orders);
            sent += point.sent;
            windows += 1.0;
        }
        if requests.all == 0.0 {
            return Err("Prometheus has no request of it");
        }
        if requests.good_share() < 1.0 - SHARE_BAND {
            return Err("there were server errors before anything was broken");
        }
        Ok(Self {
            good_share_min: requests.good_share() - SHARE_BAND,
            requests_min: requests.all / windows * REQUESTS_MIN,
            sent_usual: sent / windows,
            open_orders_max: (open_orders * USUAL_FACTOR).max(USUAL_MIN),
        })
    }

    pub fn holds(&self, point: &Point) -> bool {
        point.requests.all > 0.0
            && point.requests.all >= self.requests_min * self.asked(point)
            && point.requests.good_share() >= self.good_share_min
            && point.open_orders <= self.open_orders_max
    }

    /// Where nobody asked for anything, nothing is held against anybody.
    pub fn is_missed(&self, point: &Point) -> bool {
        (point.sent > 0.0 || point.requests.all > 0.0) && !self.holds(point)
    }

    /// Of what was asked in the baseline, 1 at most: a schedule that asks for less is answered less.
    fn asked(&self, point: &Point) -> f64 {
        match self.sent_usual {
            usual if usual > 0.0 => (point.sent / usual).min(1.0),
            _ => 1.0,
        }
    }

    /// The first of the good seconds, none of them missing, at or after `from_ms`.
    pub fn regained(&self, points: &[Point], from_ms: u64) -> Option<u64> {
        let mut since: Option<u64> = None;
        let mut last_ms = 0;
        for point in points.iter().filter(|point| point.at_ms >= from_ms) {
            let follows = point.at_ms <= last_ms + POINT_MS;
            since = match self.holds(point) {
                false => None,
                true if follows => since.or(Some(point.at_ms)),
                true => Some(point.at_ms),
            };
            last_ms = point.at_ms;
            if let Some(since_ms) = since
                && point.at_ms - since_ms >= GOOD_MS
            {
                return since;
            }
        }
        None
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.1} % good, at most {} open orders",
            self.good_share_min * 100.0,
            self.open_orders_max
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at_s: u64, all: f64, good: f64, open_orders: f64) -> Point {
        Point {
            at_ms: at_s * 1_000,
            sent: 20.0,
            requests: Requests { all, good },
            open_orders,
        }
    }

    fn good(at_s: u64) -> Point {
        point(at_s, 100.0, 100.0, 4.0)
    }

    fn level() -> Level {
        Level::of([good(1), good(2)].iter()).expect("a level")
    }

    #[test]
    fn the_level_is_the_baselines_with_some_room() {
        let level = level();
        assert!(level.holds(&point(3, 50.0, 49.5, 50.0)));
        assert!(!level.holds(&point(3, 49.0, 49.0, 4.0)), "few are served");
        assert!(
            !level.holds(&point(3, 100.0, 98.0, 4.0)),
            "some are refused"
        );
        assert!(!level.holds(&point(3, 100.0, 100.0, 51.0)), "they pile up");
    }

    #[test]
    fn a_schedule_that_asks_for_less_is_no_failure_and_silence_is_nothing() {
        let sent = |sent, all| Point {
            sent,
            ..point(3, all, all, 4.0)
        };
        assert!(level().holds(&sent(4.0, 20.0)));
        assert!(!level().holds(&sent(4.0, 9.0)));
        let silence = sent(0.0, 0.0);
        assert!(!level().holds(&silence) && !level().is_missed(&silence));
    }

    #[test]
    fn a_baseline_with_errors_or_without_requests_is_none() {
        assert!(Level::of([point(1, 100.0, 98.0, 4.0)].iter()).is_err());
        assert!(Level::of([].iter()).is_err());
    }

    #[test]
    fn the_steady_state_is_back_when_it_stays() {
        let bad = |at_s| point(at_s, 100.0, 0.0, 4.0);
        let level = level();
        let mut points: Vec<Point> = (1..=20).map(good).collect();
        assert_eq!(level.regained(&points, 5_000), Some(5_000));
        points[6] = bad(7);
        assert_eq!(level.regained(&points, 5_000), Some(8_000));
        points.truncate(10);
        assert_eq!(level.regained(&points, 5_000), None, "too short");
    }

    #[test]
    fn seconds_without_data_are_not_good_ones() {
        let points: Vec<Point> = [5, 6, 9, 10, 11, 12].map(good).into();
        assert_eq!(level().regained(&points, 5_000), Some(9_000));
    }
}
