//! Numbers as people read them.

use std::fmt::{self, Display};
use std::time::{Duration, UNIX_EPOCH};

/// The last moment with a year of four digits; the time comes from a file.
const YEAR_9999_MS: u64 = 253_402_300_799_999;

/// Milliseconds with three digits that count: `4.20 s`, `119 ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ms(pub f64);

impl Display for Ms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ms if ms < 10.0 => write!(f, "{ms:.1} ms"),
            ms if ms < 1_000.0 => write!(f, "{ms:.0} ms"),
            ms if ms < 10_000.0 => write!(f, "{:.2} s", ms / 1_000.0),
            ms if ms < 120_000.0 => write!(f, "{:.1} s", ms / 1_000.0),
            ms => write!(
                f,
                "{:.0} min {:.0} s",
                (ms / 60_000.0).floor(),
                ms / 1_000.0 % 60.0
            ),
        }
    }
}

/// A moment by its distance from the beginning of the chart, in ms: `+12.3 s`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct After(pub f64);

impl Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.1} s", self.0 / 1_000.0)
    }
}

/// A value of a chart: thousands set apart, decimals while they count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value(pub f64);

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            value if value.abs() >= 1_000.0 && value >= 0.0 => {
                f.write_str(&checkers::verdict::grouped(value.round() as u64))
            }
            value if value.abs() >= 100.0 || value.fract() == 0.0 => write!(f, "{value:.0}"),
            value if value.abs() >= 10.0 => write!(f, "{value:.1}"),
            value => write!(f, "{value:.2}"),
        }
    }
}

/// `1 kill`, `3 kills`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    let noun = if n == 1 { one } else { many };
    format!("{} {noun}", checkers::verdict::grouped(n as u64))
}

/// `a, b and c`.
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// The first letter raised: a sentence begins with it.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// `2026-11-23 14:21:30 UTC`.
pub fn utc(unix_ms: u64) -> String {
    let at = UNIX_EPOCH + Duration::from_millis(unix_ms.min(YEAR_9999_MS));
    let text = humantime::format_rfc3339_seconds(at).to_string();
    text.replace('T', " ").replace('Z', " UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits() {
        let shown = [0.0, 4.25, 119.4, 4_200.0, 61_000.0, 600_000.0].map(|ms| Ms(ms).to_string());
        let expected = [
            "0.0 ms",
            "4.2 ms",
            "119 ms",
            "4.20 s",
            "61.0 s",
            "10 min 0 s",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn values_keep_the_digits_that_count() {
        let shown = [0.0, 3.0, 0.25, 19.44, 142.6, 12_480.0].map(|value| Value(value).to_string());
        assert_eq!(shown, ["0", "3", "0.25", "19.4", "143", "12,480"]);
    }

    #[test]
    fn a_list_ends_with_and() {
        let words = |n: usize| listed(&["a", "b", "c"].map(String::from)[..n]);
        assert_eq!([0, 1, 2, 3].map(words), ["", "a", "a and b", "a, b and c"]);
        assert_eq!(
            (counted(1, "kill", "kills"), sentence("valid")),
            ("1 kill".into(), "Valid".into())
        );
    }

    #[test]
    fn a_moment_has_its_date() {
        assert_eq!(utc(1_795_443_689_827), "2026-11-23 14:21:29 UTC");
        assert_eq!(utc(951_782_400_000), "2000-02-29 00:00:00 UTC");
        assert_eq!(utc(u64::MAX), "9999-12-31 23:59:59 UTC");
    }
}
