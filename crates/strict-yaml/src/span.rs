//! A length of time as people write it: `500ms`, `4s`, `2m`, `1h`.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::document::Format;

/// A day. A load that soaks a system lasts hours; more is a mistake in the unit.
const LONGEST_MS: f64 = 86_400_000.0;
const EXAMPLES: &str = "a number and a unit: 500ms, 4s, 2m or 1h";

/// How schemas name it.
pub(crate) const FORMAT: Format = Format {
    name: "span",
    check: |text| Span::parse(text).map(|_| ()),
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(pub Duration);

impl Span {
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    pub fn parse(text: &str) -> Result<Self, String> {
        let units = [
            ("ms", 1.0),
            ("s", 1_000.0),
            ("m", 60_000.0),
            ("h", 3_600_000.0),
        ];
        let found = units.into_iter().find_map(|(unit, ms)| {
            let number: f64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            Some(number * ms)
        });
        match found {
            None => Err(format!("{text:?} is not {EXAMPLES}")),
            Some(ms) if (0.0..=LONGEST_MS).contains(&ms) => {
                Ok(Self(Duration::from_millis(ms as u64)))
            }
            Some(_) => Err(format!("{text:?} is not between 0 and 24h")),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            ms if ms > 0 && ms.is_multiple_of(3_600_000) => write!(f, "{}h", ms / 3_600_000),
            ms if ms.is_multiple_of(1_000) => write!(f, "{}s", ms / 1_000),
            ms => write!(f, "{ms}ms"),
        }
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "title": EXAMPLES,
            "format": FORMAT.name,
            "pattern": r"^[0-9]+(\.[0-9]+)? *(ms|s|m|h)$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_number_and_a_unit() {
        let parsed = |text| Span::parse(text).map(|span| span.0.as_millis());
        assert_eq!(parsed("500ms"), Ok(500));
        assert_eq!(parsed("1.5s"), Ok(1_500));
        assert_eq!(parsed("2m"), Ok(120_000));
        assert_eq!(parsed("24h"), Ok(86_400_000));
        for wrong in [
            "", "4", "s", "-1s", "2d", "25h", "1e9s", "..s", "NaNs", "infs",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn it_is_written_as_it_is_read() {
        for text in ["0s", "500ms", "4s", "120s", "2h"] {
            assert_eq!(Span::parse(text).map(String::from), Ok(text.to_owned()));
        }
    }
}
