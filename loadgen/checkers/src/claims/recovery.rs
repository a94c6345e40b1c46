//! I15: after each fault the steady state was back within the experiment's bound, as Prometheus saw it.
//!
//! ```text
//!   baseline     fault        is over           good for so long
//!   ──────────┤░░░░░░░░░░░░░░░░░├──────────────┼────────────────┤
//!    its level                  |<- recovery ->|  held to that level
//!                               two scrapes at least
//! ```

mod budget;
mod indicator;
mod level;

use crate::history::History;
use crate::journal::{Journal, Span};
use crate::state::Part;
use crate::telemetry::Telemetry;
use crate::verdict::{Claim, Examination, Report};
use budget::Budget;
use indicator::{Point, Seconds, Sent};
use level::Level;

pub const CLAIM: Claim = Claim {
    id: "I15",
    title: "the steady state came back in time",
};

/// Of an experiment that names none. A saga's own deadline is 30 s: twice that is for what one of them held up.
const BOUND: Span = Span::seconds(60);
/// What Prometheus shows of an event is a scrape old, and a scrape may be missed.
const TWO_SCRAPES_MS: u64 = 2_000;
/// Load that must follow the last trouble for its end to be seen: windows that are past it, good seconds of them, and
/// the scrapes that show it.
pub const LOAD_BEYOND_MS: u64 = indicator::WINDOW_S * 1_000 + level::GOOD_MS + TWO_SCRAPES_MS;

struct Fault<'a> {
    title: &'a str,
    began_ms: u64,
    over_ms: u64,
}

pub fn check(
    history: &History,
    telemetry: &Part<Telemetry>,
    journal: &Part<Journal>,
    started_ms: u64,
) -> Report {
    let mut exam = Examination::of(CLAIM);
    let journal = journal.examine("journal", &mut exam);
    let telemetry = telemetry.examine("Prometheus", &mut exam);
    let indicators =
        telemetry.and_then(|it| it.indicators.examine("service level indicators", &mut exam));
    if let (Some(journal), Some(indicators)) = (journal, indicators) {
        let seconds = Seconds::of(indicators, started_ms, journal);
        let faults = faults(journal, &mut exam);
        exam.count(faults.len(), "faults");
        let sent = Sent::of(history);
        match sent.span_ms() {
            Some((from_ms, to_ms)) => {
                let points = seconds.points(from_ms, to_ms, &sent);
                let bound = journal.experiment.recovery.unwrap_or(BOUND);
                judge(&faults, &points, bound, started_ms, &mut exam);
                if let Some(budget) = Budget::of(&seconds, from_ms, to_ms) {
                    exam.note(budget.to_string());
                }
            }
            None => exam.unknown("no order was sent"),
        }
    }
    exam.finish()
}

/// In the order of their ends.
fn faults<'a>(journal: &'a Journal, exam: &mut Examination) -> Vec<Fault<'a>> {
    let mut faults = Vec::new();
    for fault in journal.faults() {
        let title = fault.title.as_str();
        match fault.over_ms() {
            Some(over_ms) => faults.push(Fault {
                title,
                began_ms: began_ms(fault).min(over_ms),
                over_ms,
            }),
            None => exam.unknown(format!("{title}: the journal does not say when it ended")),
        }
    }
    faults.sort_by_key(|fault| fault.over_ms);
    faults
}

/// By the first it touched, if that was before: an activity of an earlier version has no duration.
fn began_ms(fault: &crate::journal::Injection) -> u64 {
    let touched = fault.receipts.iter().map(|receipt| receipt.at_ms).min();
    fault.began_ms().min(touched.unwrap_or(u64::MAX))
}

fn judge(
    faults: &[Fault<'_>],
    points: &[Point],
    bound: Span,
    started_ms: u64,
    exam: &mut Examination,
) {
    let Some(first_ms) = faults.iter().map(|fault| fault.began_ms).min() else {
        return;
    };
    let before = points.iter().filter(|point| point.at_ms <= first_ms);
    let level = match Level::of(before) {
        Ok(level) => level,
        Err(why) => return exam.unknown(format!("the baseline: {why}")),
    };
    let (mut longest_ms, mut judged_ms) = (0, 0);
    for fault in faults {
        let (last, regained_ms) = recovery(fault, faults, points, &level, bound);
        exam.detail(told(fault, last, regained_ms, started_ms));
        // Faults of which one began while the other was recovered from recover together.
        if last.over_ms <= judged_ms {
            continue;
        }
        judged_ms = last.over_ms;
        let (title, due_ms) = (last.title, last.over_ms.saturating_add(bound.ms()));
        let unsteady = |point: &Point| point.at_ms >= due_ms && level.is_missed(point);
        let until_ms = regained_ms.unwrap_or(u64::MAX);
        let mut before = points.iter().filter(|point| point.at_ms < until_ms);
        match regained_ms {
            _ if before.any(unsteady) => exam.wrong_at(
                last.over_ms,
                format!("recovery from {title}"),
                "requests at the gateways and open orders, Prometheus",
                format!("{level} within {}", seconds(bound.ms())),
                regained_ms.map_or("not again in this run".to_owned(), |at_ms| {
                    format!("only after {}", seconds(at_ms - last.over_ms))
                }),
            ),
            Some(at_ms) if at_ms <= due_ms => longest_ms = longest_ms.max(at_ms - last.over_ms),
            Some(_) => exam.unknown(format!("{title}: no data when its bound was over")),
            None => exam.unknown(format!(
                "{title}: the load or its metrics ended before the steady state was seen again"
            )),
        }
    }
    if longest_ms > 0 {
        exam.note(format!("longest recovery {}", seconds(longest_ms)));
    }
}

/// A line for each fault, in the order of their ends.
fn told(fault: &Fault<'_>, last: &Fault<'_>, regained_ms: Option<u64>, started_ms: u64) -> String {
    let over = seconds(fault.over_ms.saturating_sub(started_ms));
    let back = match regained_ms {
        Some(at_ms) => format!(
            "steady again after {}",
            seconds(at_ms.saturating_sub(fault.over_ms))
        ),
        None => "not steady again".to_owned(),
    };
    let with = match std::ptr::eq(fault, last) {
        true => String::new(),
        false => format!(", with {}", last.title),
    };
    let title = fault.title;
    format!("{title}: over {over} into the run, {back}{with}")
}

/// The last of the faults that were recovered from together with this one, and when the steady state was back.
fn recovery<'a>(
    fault: &'a Fault<'a>,
    faults: &'a [Fault<'a>],
    points: &[Point],
    level: &Level,
    bound: Span,
) -> (&'a Fault<'a>, Option<u64>) {
    let mut last = fault;
    loop {
        let regained_ms = level.regained(points, last.over_ms.saturating_add(TWO_SCRAPES_MS));
        // What comes after the bound excuses nothing.
        let due_ms = last.over_ms.saturating_add(bound.ms());
        let until_ms = regained_ms.unwrap_or(due_ms).min(due_ms);
        let mut meanwhile = (faults.iter())
            .filter(|other| other.over_ms > last.over_ms && other.began_ms <= until_ms);
        match meanwhile.next() {
            Some(later) => last = later,
            None => return (last, regained_ms),
        }
    }
}

fn seconds(ms: u64) -> String {
    format!("{:.1} s", ms as f64 / 1_000.0)
}

#[cfg(test)]
mod tests;
