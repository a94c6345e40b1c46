//! What a figure must be at the end, as people write it: `p99 < 60ms`, `unknown < 1%`, `dropped == 0`.

mod judge;
mod measure;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use strict_yaml::{Format, Span};

pub use judge::{Judged, ThresholdVerdict};
pub use measure::{Measure, Percentile, Whose};

/// A measure, a comparison and a limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Threshold {
    pub measure: Measure,
    pub comparison: Comparison,
    pub limit: Limit,
    /// As it was written.
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    Ms(f64),
    /// Of all: 0.01 is 1%.
    Share(f64),
    /// How many, or how many a second.
    Number(f64),
}

const EXAMPLES: &str = "a threshold: p99 < 60ms, unknown < 1%, dropped == 0 or recovery < 30s";

/// The two-letter ones first: `<` begins `<=`.
const COMPARISONS: [(&str, Comparison); 5] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("<", Comparison::Less),
    (">", Comparison::More),
];

impl Threshold {
    /// How schemas name it.
    pub const FORMAT: Format = Format {
        name: "threshold",
        check: |text| Self::parse(text).map(|_| ()),
    };

    pub fn parse(text: &str) -> Result<Self, String> {
        let found = COMPARISONS.iter().find_map(|(sign, comparison)| {
            let (measure, limit) = text.split_once(sign)?;
            Some((measure.trim(), *comparison, limit.trim()))
        });
        let (measure, comparison, limit) = found
            .ok_or_else(|| format!("{text:?} has none of < <= > >= == in it; write {EXAMPLES}"))?;
        let measure = Measure::parse(measure)?;
        let limit = Limit::parse(measure, limit)?;
        Ok(Self {
            measure,
            comparison,
            limit,
            text: text.to_owned(),
        })
    }
}

impl Comparison {
    pub fn holds(self, found: f64, limit: f64) -> bool {
        match self {
            Self::Less => found < limit,
            Self::AtMost => found <= limit,
            Self::More => found > limit,
            Self::AtLeast => found >= limit,
            Self::Equal => found == limit,
        }
    }
}

impl Limit {
    /// In the unit of what is measured.
    fn parse(measure: Measure, text: &str) -> Result<Self, String> {
        match measure {
            Measure::Latency(..) | Measure::Recovery => {
                Span::parse(text).map(|span| Self::Ms(span.0.as_secs_f64() * 1_000.0))
            }
            Measure::Rate => number(text)
                .map(Self::Number)
                .ok_or_else(|| format!("{text:?} is not a number of orders a second: 49.5")),
            Measure::Late | Measure::Dropped | Measure::Failed | Measure::Unknown => {
                let share = text.strip_suffix('%').map(|percent| number(percent.trim()));
                let limit = match share {
                    Some(percent) => percent.map(|percent| Self::Share(percent / 100.0)),
                    None => number(text).map(Self::Number),
                };
                limit.ok_or_else(|| format!("{text:?} is neither a number nor a percentage: 0, 1%"))
            }
        }
    }

    pub fn value(self) -> f64 {
        match self {
            Self::Ms(value) | Self::Share(value) | Self::Number(value) => value,
        }
    }
}

fn number(text: &str) -> Option<f64> {
    let number = text.parse::<f64>().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Threshold {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Threshold> for String {
    fn from(threshold: Threshold) -> Self {
        threshold.text
    }
}

impl JsonSchema for Threshold {
    fn schema_name() -> Cow<'static, str> {
        "Threshold".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "title": EXAMPLES,
            "format": Self::FORMAT.name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_a_measure_a_comparison_and_a_limit_in_its_unit() {
        let parsed = |text| {
            let threshold = Threshold::parse(text).expect("a threshold");
            (threshold.measure, threshold.comparison, threshold.limit)
        };
        let p99 = Measure::Latency(Whose::Acknowledged, Percentile::P99);
        assert_eq!(
            parsed("p99 < 60ms"),
            (p99, Comparison::Less, Limit::Ms(60.0))
        );
        assert_eq!(parsed("p99<60ms"), (p99, Comparison::Less, Limit::Ms(60.0)));
        let ended = Measure::Latency(Whose::Orchestration, Percentile::P999);
        let most = (ended, Comparison::AtMost, Limit::Ms(2_000.0));
        assert_eq!(parsed("orchestration p99.9 <= 2s"), most);
        let share = (Measure::Unknown, Comparison::Less, Limit::Share(0.01));
        assert_eq!(parsed("unknown < 1%"), share);
        let none = (Measure::Dropped, Comparison::Equal, Limit::Number(0.0));
        assert_eq!(parsed("dropped == 0"), none);
        let recovery = (Measure::Recovery, Comparison::Less, Limit::Ms(30_000.0));
        assert_eq!(parsed("recovery < 30s"), recovery);
        let rate = (Measure::Rate, Comparison::AtLeast, Limit::Number(49.5));
        assert_eq!(parsed("rate >= 49.5"), rate);
    }

    #[test]
    fn what_is_no_threshold_is_told_why() {
        for (wrong, why) in [
            ("", "none of <"),
            ("p99", "none of <"),
            ("p9 < 1s", "did you mean `p9"),
            ("checkout p99 < 1s", "known: acknowledged"),
            ("p99 < 60", "a number and a unit"),
            ("unknwon < 1%", "did you mean `unknown`"),
            ("unknown < 1s", "neither a number nor a percentage"),
            ("failed < -1%", "neither a number nor a percentage"),
            ("rate > NaN", "not a number of orders"),
            ("late < ", "neither a number nor a percentage"),
        ] {
            let told = Threshold::parse(wrong).expect_err(wrong);
            assert!(told.contains(why), "{wrong}: {told}");
        }
    }
}
