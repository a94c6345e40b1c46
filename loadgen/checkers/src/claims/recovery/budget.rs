//! The error budget that the run spent, and how fast at the worst. Told, not judged: what breaks on purpose costs.

use std::fmt;

use super::indicator::{Requests, Seconds};

/// Requests answered without a server error. Two nines are as many as a minute of some thousand requests can tell.
const OBJECTIVE: f64 = 0.99;
/// The multi-window rule, an hour and five minutes in production, in the measure of a run of minutes: the long window
/// says that it matters, the short one that it goes on.
const LONG_S: u64 = 120;
const SHORT_S: u64 = 30;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Of the errors that the objective allows the run; above 1 it is overdrawn.
    spent: f64,
    /// The fastest that both windows agreed on; 1 spends the budget exactly.
    burn: f64,
}

impl Budget {
    /// `None`: nobody asked for anything.
    pub fn of(seconds: &Seconds, from_ms: u64, to_ms: u64) -> Option<Self> {
        let asked: Vec<(u64, Requests)> = seconds.requests(from_ms, to_ms).collect();
        let all = sum(&asked);
        let rates = asked.iter().enumerate().map(|(nth, (end, _))| {
            let until = &asked[..=nth];
            let of_last = |length: u64| {
                let begin = until.partition_point(|(at, _)| at.saturating_add(length) <= *end);
                rate(sum(&until[begin..]))
            };
            of_last(LONG_S).min(of_last(SHORT_S))
        });
        let burn = rates.fold(0.0, f64::max);
        let spent = rate(all);
        (all.all > 0.0).then_some(Self { spent, burn })
    }
}

fn sum(asked: &[(u64, Requests)]) -> Requests {
    let mut sum = Requests::default();
    asked.iter().for_each(|(_, requests)| sum.add(*requests));
    sum
}

/// Errors, in measures of what the objective allows.
fn rate(requests: Requests) -> f64 {
    (1.0 - requests.good_share()) / (1.0 - OBJECTIVE)
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} % of the requests' error budget spent, burn rate at most {:.1}",
            self.spent * 100.0,
            self.burn
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;
    use crate::telemetry::{Indicators, Series};

    /// A request a second for as long, and errors among them in some of the seconds.
    fn budget(length_s: u64, errors: std::ops::Range<u64>) -> Option<Budget> {
        let rising = |status: &str, counts: &dyn Fn(u64) -> bool| {
            let mut total = 0.0;
            let mut sample = |at: u64| {
                total += f64::from(u8::from(counts(at)));
                (at * 1_000, total)
            };
            Series {
                name: "c".into(),
                service: "gateway".into(),
                instance: "gateway-1".into(),
                labels: [("status".to_owned(), status.to_owned())].into(),
                samples: (0..=length_s).map(&mut sample).collect(),
            }
        };
        let is_error = |at: u64| errors.contains(&at);
        let good = rising("202", &|at| !is_error(at));
        let indicators = Indicators {
            requests: vec![good, rising("503", &is_error)],
            open_orders: Vec::new(),
        };
        let seconds = Seconds::of(&indicators, 0, &Journal::default());
        Budget::of(&seconds, 0, length_s * 1_000)
    }

    #[test]
    fn a_run_without_errors_spends_nothing() {
        let nothing = Budget {
            spent: 0.0,
            burn: 0.0,
        };
        assert_eq!(budget(600, 0..0), Some(nothing));
    }

    #[test]
    fn errors_are_measured_by_what_the_objective_allows() {
        // 600 requests allow six errors.
        let Budget { spent, burn } = budget(600, 300..312).expect("asked");
        assert!((spent - 2.0).abs() < 1e-9, "{spent}");
        // Twelve of 120 in the long window, and of 30 in the short one.
        assert!((burn - 10.0).abs() < 1e-9, "{burn}");
    }

    #[test]
    fn where_nobody_asked_there_is_no_budget() {
        assert_eq!(budget(0, 0..0), None);
    }
}
