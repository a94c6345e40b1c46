//! What is measured of the system, and what it may be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A question with one number for an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Probe {
    pub name: String,
    pub provider: Provider,
    pub tolerance: Tolerance,
}

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Provider {
    /// The value of a query; the sum, where it has several
    Prometheus { query: String },
    /// The status of a GET; 0 where there is no answer. A path is the gateway's
    Http { url: String },
    /// The number that a query of one row and one column gives, in a service's database
    Sql { database: String, query: String },
    /// Messages that wait in a queue
    Queue { queue: String },
    /// Instances of a service, or a process by its name, that are ready
    Process { name: String },
}

/// A value, or a range with both its ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Tolerance {
    Value(f64),
    Range(Range),
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub r#type: RangeType,
    pub range: [f64; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RangeType {
    Range,
}

impl Tolerance {
    pub fn tolerates(self, found: f64) -> bool {
        match self {
            Self::Value(value) => (found - value).abs() < f64::EPSILON,
            Self::Range(Range {
                range: [low, high], ..
            }) => (low..=high).contains(&found),
        }
    }
}

impl std::fmt::Display for Tolerance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value}"),
            Self::Range(Range {
                range: [low, high], ..
            }) => write!(f, "{low} to {high}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_both_its_ends_and_a_value_has_no_width() {
        let range: Tolerance =
            serde_json::from_str(r#"{"type": "range", "range": [1, 3]}"#).expect("a range");
        assert!(range.tolerates(1.0) && range.tolerates(3.0) && !range.tolerates(3.1));
        let value: Tolerance = serde_json::from_str("200").expect("a value");
        assert!(value.tolerates(200.0) && !value.tolerates(f64::NAN));
        assert_eq!(format!("{range}, {value}"), "1 to 3, 200");
    }
}
