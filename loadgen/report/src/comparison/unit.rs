//! What a figure is counted in, and the smallest difference that is worth a word.

use crate::findings::budget::ALLOWED_SHARE;
use crate::findings::recovery::{GOOD_SECONDS, LOOK_EVERY_MS, USUAL_MIN};
use crate::words::{Ms, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A latency, ms.
    Latency,
    /// From a fault to the steady state, ms.
    Recovery,
    /// Of all orders, 0 to 1.
    Share,
    /// A share of all orders too, shown as a part of those that may go wrong.
    Budget,
    /// Orders a second.
    Rate,
    /// So many of something.
    Amount(&'static str),
    /// Seconds, of what is sampled.
    Age,
}

/// A difference below it has no consequence, however sure it is.
pub struct Smallest {
    pub value: f64,
    pub reason: &'static str,
}

/// One of each, for the list of the smallest differences.
pub const ALL: [(&str, Unit); 7] = [
    ("latencies", Unit::Latency),
    ("recoveries", Unit::Recovery),
    ("shares of orders", Unit::Share),
    ("the error budget", Unit::Budget),
    ("rates", Unit::Rate),
    ("amounts", Unit::Amount("")),
    ("ages", Unit::Age),
];

impl Unit {
    pub fn smallest(&self) -> Smallest {
        let of = |value, reason| Smallest { value, reason };
        match self {
            Unit::Latency => of(1.0, "the timer that sends orders is no finer"),
            Unit::Recovery => of(
                LOOK_EVERY_MS as f64 * GOOD_SECONDS as f64,
                "one order out of line moves the first of three good seconds that far",
            ),
            Unit::Share => of(ALLOWED_SHARE / 10.0, "a tenth of the error budget"),
            Unit::Budget => of(ALLOWED_SHARE / 10.0, "a tenth of it"),
            Unit::Rate => of(0.5, "workloads ask for whole orders a second"),
            Unit::Amount(_) => of(USUAL_MIN, "so many are few, as in recovery"),
            Unit::Age => of(1.0, "samples are a second apart"),
        }
    }

    /// Beside a chart.
    pub fn label(&self) -> &'static str {
        match self {
            Unit::Latency | Unit::Recovery => "ms",
            Unit::Share | Unit::Budget => "%",
            Unit::Rate => "orders/s",
            Unit::Amount(of) => of,
            Unit::Age => "s",
        }
    }

    pub fn value(&self, value: f64) -> String {
        match self {
            Unit::Latency | Unit::Recovery => Ms(value).to_string(),
            Unit::Share => percent(100.0 * value),
            Unit::Budget => percent(100.0 * value / ALLOWED_SHARE),
            Unit::Rate => format!("{value:.1}/s"),
            Unit::Amount(of) => format!("{} {of}", Value(value)).trim_end().to_owned(),
            Unit::Age => format!("{value:.1} s"),
        }
    }

    /// `+3.0 ms`
    pub fn difference(&self, value: f64) -> String {
        let shown = self.value(value.abs());
        // Of shares it is points, not a part of the share.
        let shown = match self {
            Unit::Share | Unit::Budget => shown.replace('%', "points"),
            _ => shown,
        };
        // What shows no digit has no sign either.
        let is_nothing = !shown.contains(|letter: char| ('1'..='9').contains(&letter));
        match value {
            _ if is_nothing => shown,
            value if value < 0.0 => format!("\u{2212}{shown}"),
            _ => format!("+{shown}"),
        }
    }
}

/// A rare share keeps its digits.
fn percent(value: f64) -> String {
    match value {
        value if value != 0.0 && value < 1.0 => format!("{value:.2} %"),
        value if value < 100.0 => format!("{value:.1} %"),
        value => format!("{value:.0} %"),
    }
}

/// `+31 %`
pub fn part(value: f64) -> String {
    let percent = 100.0 * value.abs();
    let sign = if value < 0.0 { "\u{2212}" } else { "+" };
    match percent {
        percent if percent < 0.05 => "0 %".into(),
        percent if percent < 10.0 => format!("{sign}{percent:.1} %"),
        percent if percent < 1_000.0 => format!("{sign}{percent:.0} %"),
        percent => format!("\u{d7}{:.0}", percent / 100.0 + 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_a_sign_and_its_unit() {
        assert_eq!(Unit::Latency.difference(46.0), "+46 ms");
        assert_eq!(Unit::Share.difference(-0.012), "\u{2212}1.2 points");
        assert_eq!(Unit::Budget.difference(0.012), "+120 points");
        assert_eq!(Unit::Amount("messages").difference(12.0), "+12 messages");
        assert_eq!(Unit::Rate.difference(-0.01), "0.0/s");
    }

    #[test]
    fn a_part_says_how_much_more_b_is() {
        let shown = [0.31, -0.042, 0.0, 24.0].map(part);
        assert_eq!(shown, ["+31 %", "\u{2212}4.2 %", "0 %", "\u{d7}25"]);
    }
}
