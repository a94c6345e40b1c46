//! What the method said, and what of it says what is in force.
//!
//! `chaos` says a line when a fault begins for a while, and every few seconds what is in force and how many receipts
//! there are. Lines of another shape, and of other methods, are shown and not interpreted.

use std::collections::VecDeque;

use checkers::journal::Journal;
use checkers::state::Part;

/// More than the highest terminal has; `method.log` has all.
const LINES_KEPT: usize = 300;
/// More than the widest terminal has.
const CHARS_KEPT: usize = 400;

#[derive(Default)]
pub struct Method {
    pub lines: VecDeque<String>,
    pub in_force: Vec<InForce>,
    /// As far as it was told.
    pub receipts: u64,
    /// When that was told.
    pub told_us: Option<u64>,
    /// What it left in the end; `None` as long as it runs.
    pub journal: Option<Part<Journal>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    pub fault: String,
    pub until_us: u64,
}

/// `chaos: 15 s: link/blackhole 4 s left, 3 receipts`
#[derive(Debug, PartialEq)]
struct Progress {
    /// With the seconds that are left.
    faults: Vec<(String, u64)>,
    receipts: u64,
}

impl Method {
    pub fn said(&mut self, line: &str, now_us: u64) {
        if let Some(progress) = progress(line) {
            let until = |(fault, left_s)| InForce {
                fault,
                until_us: later(now_us, left_s),
            };
            self.in_force = progress.faults.into_iter().map(until).collect();
            self.receipts = progress.receipts;
            self.told_us = Some(now_us);
        } else if let Some((fault, for_s)) = beginning(line) {
            self.in_force.push(InForce {
                fault,
                until_us: later(now_us, for_s),
            });
        }
        self.lines
            .push_back(line.chars().take(CHARS_KEPT).collect());
        if self.lines.len() > LINES_KEPT {
            self.lines.pop_front();
        }
    }

    /// Those whose time is over are not shown until somebody says that they are in force.
    pub fn pass(&mut self, now_us: u64) {
        self.in_force.retain(|fault| fault.until_us > now_us);
    }

    pub fn ended(&mut self, journal: Part<Journal>) {
        self.in_force.clear();
        self.journal = Some(journal);
    }
}

fn later(now_us: u64, seconds: u64) -> u64 {
    now_us.saturating_add(seconds.saturating_mul(1_000_000))
}

fn progress(line: &str) -> Option<Progress> {
    let (elapsed_s, told) = line.strip_prefix("chaos: ")?.split_once(" s: ")?;
    elapsed_s.parse::<u64>().ok()?;
    let (active, receipts) = told.rsplit_once(", ")?;
    let receipts = receipts.strip_suffix(" receipts")?.parse().ok()?;
    let faults = match active {
        "nothing in force" => Vec::new(),
        active => active
            .split(", ")
            .map(|one| {
                let (fault, left_s) = one.strip_suffix(" s left")?.rsplit_once(' ')?;
                Some((fault.to_owned(), left_s.parse().ok()?))
            })
            .collect::<Option<_>>()?,
    };
    Some(Progress { faults, receipts })
}

/// `chaos: link/blackhole for 10 s`
fn beginning(line: &str) -> Option<(String, u64)> {
    let told = line.strip_prefix("chaos: ")?.strip_suffix(" s")?;
    let (fault, seconds) = told.rsplit_once(" for ")?;
    let seconds: f64 = seconds.parse().ok()?;
    // A saturating cast; no number, no fault.
    (seconds >= 0.0).then(|| (fault.to_owned(), seconds.ceil() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_force(lines: &[(&str, u64)], now_s: u64) -> Vec<(String, u64)> {
        let mut method = Method::default();
        for (line, at_s) in lines {
            method.said(line, at_s * 1_000_000);
        }
        method.pass(now_s * 1_000_000);
        let left = |it: &InForce| it.until_us / 1_000_000 - now_s;
        let rows = method.in_force.iter();
        rows.map(|it| (it.fault.clone(), left(it))).collect()
    }

    #[test]
    fn a_fault_that_begins_for_a_while_is_in_force_for_it() {
        let lines = [("chaos: link/blackhole for 9.5 s", 100)];
        assert_eq!(in_force(&lines, 104), [("link/blackhole".to_owned(), 6)]);
        assert_eq!(in_force(&lines, 110), []);
    }

    #[test]
    fn what_is_told_of_all_that_is_in_force_replaces_what_was_known() {
        let lines = [
            ("chaos: the way to the broker for 60 s", 100),
            (
                "chaos: 5 s: link/latency 9 s left, broker/alarm 3 s left, 17 receipts",
                105,
            ),
        ];
        let rows = in_force(&lines, 106);
        let words: Vec<(&str, u64)> = rows.iter().map(|(it, left)| (it.as_str(), *left)).collect();
        assert_eq!(words, [("link/latency", 8), ("broker/alarm", 2)]);
        assert_eq!(
            progress("chaos: 5 s: nothing in force, 3 receipts"),
            Some(Progress {
                faults: vec![],
                receipts: 3
            })
        );
    }

    #[test]
    fn a_line_of_another_shape_is_shown_and_means_nothing() {
        for line in [
            "chaos: process/kill: orders-2 (pid 7233) is back after 0.5 s",
            "chaos: 5 s: something else, 3 receipts",
            "chaos: x s: nothing in force, 3 receipts",
            "chaos: 5 s: link/latency soon s left, 3 receipts",
            "chaos: a fault for ever s",
            "chaos: a fault for -3 s",
            "link/latency for 10 s",
            "",
        ] {
            let mut method = Method::default();
            method.said(line, 0);
            assert_eq!((method.in_force.len(), method.receipts), (0, 0), "{line}");
            assert_eq!(method.lines, [line]);
        }
    }

    #[test]
    fn a_method_that_says_too_much_does_not_fill_the_memory() {
        let mut method = Method::default();
        (0..1_000).for_each(|nth| method.said(&format!("{nth} {}", "x".repeat(10_000)), 0));
        assert_eq!(method.lines.len(), LINES_KEPT);
        assert!(method.lines.iter().all(|line| line.len() <= CHARS_KEPT));
        assert!(method.lines.back().is_some_and(|it| it.starts_with("999 ")));
    }
}
