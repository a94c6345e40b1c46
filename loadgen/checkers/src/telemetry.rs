//! What Prometheus kept, and how much a counter rose although its processes were killed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::journal::Journal;
use crate::state::Part;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Telemetry {
    /// Raw samples of the run, every restart of the process included.
    pub counters: Vec<Series>,
    /// The newest sample, after everything was quiet.
    pub gauges: Vec<GaugeSample>,
    #[serde(default)]
    pub indicators: Part<Indicators>,
}

/// What the service level indicators are made of: raw samples of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Indicators {
    /// Requests about orders that the gateways answered, a counter with the label `status`.
    pub requests: Vec<Series>,
    /// Orders that have not ended, a gauge that each instance of orders has from the one database.
    pub open_orders: Vec<Series>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub name: String,
    /// The scrape job.
    pub service: String,
    pub instance: String,
    pub labels: BTreeMap<String, String>,
    /// (unix ms, value), rising in time.
    pub samples: Vec<(u64, f64)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GaugeSample {
    pub name: String,
    pub service: String,
    pub instance: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

/// What a counter says happened, and how much of the truth the kills may have taken with them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rise {
    pub total: f64,
    pub tolerance: f64,
}

/// A kill loses what was counted since the last scrape: scrapes are 1 s apart and one may be missed.
const UNSCRAPED_MS: u64 = 2_500;

impl Series {
    pub fn label(&self, key: &str) -> &str {
        self.labels.get(key).map_or("", String::as_str)
    }

    /// How far the counter rose from `start_ms` on.
    pub fn rise(&self, start_ms: u64, journal: &Journal) -> f64 {
        let steps = self.steps(start_ms, journal);
        steps.into_iter().map(|(_, rose)| rose).sum()
    }

    /// How far the counter rose up to each sample (unix ms) from `start_ms` on. A fall is a restart, and so is a kill
    /// between two samples: a busy process can pass its old value before it is scraped again.
    pub fn steps(&self, start_ms: u64, journal: &Journal) -> Vec<(u64, f64)> {
        let kills: Vec<u64> = journal
            .kills()
            .filter(|kill| kill.name == self.instance && kill.at_ms >= start_ms)
            .map(|kill| kill.at_ms)
            .collect();
        let mut last: Option<(u64, f64)> = None;
        let step = |&(at_ms, value): &(u64, f64)| {
            let rose = match last {
                // The base of a series that was there before the run. One that appears later starts at zero.
                None if at_ms <= start_ms => 0.0,
                None => value,
                Some((before_ms, before)) => {
                    let restarted = value < before
                        || kills.iter().any(|kill| (before_ms..at_ms).contains(kill));
                    if at_ms <= start_ms {
                        0.0
                    } else if restarted {
                        value
                    } else {
                        value - before
                    }
                }
            };
            last = Some((at_ms, value));
            (at_ms, rose)
        };
        self.samples.iter().map(step).collect()
    }

    /// The most this series rose within the time a kill can hide.
    fn steepest(&self) -> f64 {
        let mut most: f64 = 0.0;
        for (at, &(from_ms, from)) in self.samples.iter().enumerate() {
            let within = self.samples[at..]
                .iter()
                .take_while(|(ms, _)| ms.saturating_sub(from_ms) <= UNSCRAPED_MS);
            let rose = within.map(|&(_, value)| value - from).fold(0.0, f64::max);
            most = most.max(rose);
        }
        most
    }
}

impl Telemetry {
    /// The rise of a counter over all instances of a service, and what each of its kills may have hidden: without
    /// bound where its commits may have had no answer.
    pub fn rise(
        &self,
        name: &str,
        service: &str,
        labels: &[(&str, &str)],
        start_ms: u64,
        journal: &Journal,
    ) -> Rise {
        let series: Vec<&Series> = self
            .counters
            .iter()
            .filter(|series| series.name == name && series.service == service)
            .filter(|series| {
                labels
                    .iter()
                    .all(|(key, value)| series.label(key) == *value)
            })
            .collect();
        let kills = journal
            .deaths()
            .filter(|kill| kill.service == service)
            .count() as f64;
        let steepest = series
            .iter()
            .map(|series| series.steepest())
            .fold(0.0, f64::max);
        let total = series
            .iter()
            .map(|series| series.rise(start_ms, journal))
            .sum();
        let tolerance = match journal.leaves_commits_unsure(service) {
            // What was committed and nobody was told of, nobody counted.
            true => f64::INFINITY,
            false => kills * (steepest + 1.0),
        };
        Rise { total, tolerance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Injection, Receipt};

    fn series(samples: &[(u64, f64)]) -> Series {
        Series {
            name: "c".into(),
            service: "orders".into(),
            instance: "orders-1".into(),
            labels: BTreeMap::new(),
            samples: samples.to_vec(),
        }
    }

    fn kill_at(at_ms: u64) -> Journal {
        let receipt = Receipt {
            name: "orders-1".into(),
            service: "orders".into(),
            at_ms,
            gone: Some(true),
            ..Receipt::default()
        };
        let fault = Some("process/kill".to_owned());
        Journal {
            run: vec![Injection {
                fault,
                receipts: vec![receipt],
                ..Injection::default()
            }],
            ..Journal::default()
        }
    }

    #[test]
    fn a_counter_from_before_the_run_counts_from_its_base() {
        let rise = series(&[(900, 100.0), (1_900, 130.0)]).rise(1_000, &Journal::default());
        assert_eq!(rise, 30.0);
    }

    #[test]
    fn a_series_that_appears_later_counts_from_zero() {
        let rise = series(&[(1_900, 7.0), (2_900, 9.0)]).rise(1_000, &Journal::default());
        assert_eq!(rise, 9.0);
    }

    #[test]
    fn a_fall_is_a_restart() {
        let rise = series(&[(1_900, 7.0), (2_900, 3.0)]).rise(1_000, &Journal::default());
        assert_eq!(rise, 10.0);
    }

    #[test]
    fn a_restart_that_outran_the_scrape_is_known_by_its_kill() {
        let rise = series(&[(1_900, 7.0), (4_900, 9.0)]).rise(1_000, &kill_at(2_000));
        assert_eq!(rise, 16.0);
        let telemetry = Telemetry {
            counters: vec![series(&[(1_900, 7.0), (4_900, 9.0)])],
            ..Telemetry::default()
        };
        assert_eq!(
            telemetry
                .rise("c", "orders", &[], 1_000, &kill_at(2_000))
                .tolerance,
            1.0
        );
        assert_eq!(
            telemetry
                .rise("c", "orders", &[], 1_000, &Journal::default())
                .tolerance,
            0.0
        );
    }

    #[test]
    fn a_counter_that_stands_still_has_not_restarted() {
        let samples = [(800, 90.0), (900, 100.0), (1_900, 130.0), (2_900, 130.0)];
        assert_eq!(series(&samples).rise(1_000, &Journal::default()), 30.0);
    }

    #[test]
    fn the_kill_of_another_instance_is_no_restart_of_this_one() {
        let mut journal = kill_at(2_000);
        journal.run[0].receipts[0].name = "orders-2".into();
        let rise = series(&[(1_900, 7.0), (4_900, 9.0)]).rise(1_000, &journal);
        assert_eq!(rise, 9.0);
    }

    #[test]
    fn each_kill_may_hide_the_steepest_rise_between_two_scrapes_and_one_more() {
        // Ten within the time a kill can hide; eleven in all.
        let samples = [(1_000, 0.0), (2_000, 4.0), (3_000, 10.0), (9_000, 11.0)];
        let rise = |journal: &Journal| {
            let mut other_service = series(&[(1_000, 0.0), (2_000, 70.0)]);
            other_service.service = "payments".into();
            let mut other_counter = series(&[(1_000, 0.0), (2_000, 70.0)]);
            other_counter.name = "d".into();
            let telemetry = Telemetry {
                counters: vec![series(&samples), other_service, other_counter],
                ..Telemetry::default()
            };
            telemetry.rise("c", "orders", &[], 500, journal)
        };
        let mut journal = kill_at(20_000);
        let receipts = &mut journal.run[0].receipts;
        receipts.extend([receipts[0].clone(), receipts[0].clone()]);
        receipts[2].service = "payments".into();
        let tolerance = 2.0 * (10.0 + 1.0);
        let expected = Rise {
            total: 11.0,
            tolerance,
        };
        assert_eq!(rise(&journal), expected);
    }

    #[test]
    fn a_rise_is_of_the_series_with_all_the_labels_asked_for() {
        let labelled = |event: &str| {
            let mut series = series(&[(2_000, 3.0)]);
            series.labels = [("event".to_owned(), event.to_owned())].into();
            series
        };
        let telemetry = Telemetry {
            counters: vec![labelled("order.placed"), labelled("order.confirmed")],
            ..Telemetry::default()
        };
        let labels = [("event", "order.placed")];
        let rise = telemetry.rise("c", "orders", &labels, 1_000, &Journal::default());
        assert_eq!(rise.total, 3.0);
    }
}
