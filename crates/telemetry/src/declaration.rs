//! What is said about a metric once, where it is declared.

use std::fmt::Write as _;

/// What kind of number a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// What a metric counts in. A histogram's buckets follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Seconds,
    Bytes,
    Ratio,
}

impl Unit {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::Ratio => "ratio",
        }
    }
}

/// A metric as data: what METRICS.md prints and what dashboards and alerts are checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub name: &'static str,
    pub kind: Kind,
    pub unit: Unit,
    pub labels: &'static [&'static str],
    pub meaning: &'static str,
}

impl Declaration {
    /// Checks the name while compiling: Prometheus' conventions, and the suffix by which the exporter knows
    /// which buckets a histogram has.
    pub(crate) const fn checked(self) -> Self {
        let counter = matches!(self.kind, Kind::Counter);
        assert!(
            counter == ends_with(self.name, "_total"),
            "counters, and only counters, end in _total"
        );
        if !counter {
            let seconds = matches!(self.unit, Unit::Seconds);
            assert!(
                seconds == ends_with(self.name, "_seconds"),
                "metrics in seconds, and only those, end in _seconds"
            );
            let bytes = matches!(self.unit, Unit::Bytes);
            assert!(
                bytes == ends_with(self.name, "_bytes"),
                "metrics in bytes, and only those, end in _bytes"
            );
        }
        self
    }
}

const fn ends_with(text: &str, suffix: &str) -> bool {
    let (text, suffix) = (text.as_bytes(), suffix.as_bytes());
    if text.len() < suffix.len() {
        return false;
    }
    let mut at = 0;
    while at < suffix.len() {
        if text[text.len() - suffix.len() + at] != suffix[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The declarations as a Markdown table, in the order given.
pub fn render_metrics_table(declarations: &[Declaration]) -> String {
    let mut table =
        String::from("| metric | kind | unit | labels | meaning |\n|---|---|---|---|---|\n");
    for metric in declarations {
        let labels: Vec<String> = metric
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | {} | {} | {} | {} |",
            metric.name,
            metric.kind.label(),
            metric.unit.label(),
            labels.join(", "),
            metric.meaning
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{ends_with, render_metrics_table};

    #[test]
    fn the_table_has_a_line_for_each_metric() {
        let table = render_metrics_table(crate::metrics::ALL);
        assert_eq!(table.lines().count(), 2 + crate::metrics::ALL.len());
        assert!(table.contains("| `process_resident_memory_bytes` | gauge | bytes |  | "));
    }

    #[test]
    fn a_suffix_is_found_only_at_the_end() {
        assert!(ends_with("requests_total", "_total"));
        assert!(!ends_with("total_requests", "_total"));
        assert!(!ends_with("al", "_total"));
    }
}
