//! A length of time as experiments write it: `500ms`, `4s`, `2m`, `1h`.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    ms: u64,
}

const UNITS: [(&str, f64); 4] = [
    ("ms", 1.0),
    ("s", 1_000.0),
    ("m", 60_000.0),
    ("h", 3_600_000.0),
];
/// A day, as experiments have it: a journal with more was not written by one.
const LONGEST_MS: f64 = 86_400_000.0;

impl Span {
    pub const fn seconds(seconds: u64) -> Self {
        Self {
            ms: seconds * 1_000,
        }
    }

    pub const fn ms(self) -> u64 {
        self.ms
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read = UNITS.into_iter().find_map(|(unit, ms)| {
            let number: f64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            Some(number * ms).filter(|ms| (0.0..=LONGEST_MS).contains(ms))
        });
        match read {
            Some(ms) => Ok(Self { ms: ms as u64 }),
            None => Err(format!(
                "{text:?} is no length of time: write 500ms, 4s, 2m or 1h"
            )),
        }
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        format!("{}ms", span.ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_a_number_and_a_unit() {
        let ms = |text: &str| Span::try_from(text.to_owned()).map(Span::ms);
        assert_eq!(ms("500ms"), Ok(500));
        assert_eq!(ms("1.5s"), Ok(1_500));
        assert_eq!(ms("2m"), Ok(120_000));
        assert_eq!(ms("1h"), Ok(3_600_000));
        for wrong in ["", "s", "60", "-1s", "NaNs", "infs", "25h", "1e30s"] {
            assert!(ms(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = String::from(Span::seconds(90));
        assert_eq!(Span::try_from(text), Ok(Span::seconds(90)));
    }
}
