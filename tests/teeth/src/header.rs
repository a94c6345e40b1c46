//! `Key: value` lines, up to an empty one. A value goes on in lines that begin with two spaces.

use std::collections::BTreeMap;

pub const KEYS: [&str; 6] = [
    "Variant",
    "Mistake",
    "Failure mode",
    "Level",
    "Claim",
    "Seeds",
];
/// Of a variant that a real run catches, and of no other.
pub const EXPERIMENT: &str = "Experiment";

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("line {0:?} is neither `Key: value` nor the continuation of one (two spaces)")]
    NotAKey(String),
    #[error("`{0}` is no key of a header; there are {known}", known = all_keys().join(", "))]
    UnknownKey(String),
    #[error("`{0}` is there twice")]
    Twice(String),
    #[error("`{0}:` is missing or empty")]
    Missing(&'static str),
    #[error("no empty line between the header and the difference")]
    NoEnd,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header(BTreeMap<&'static str, String>);

impl Header {
    /// The header, complete, and the text after it.
    pub fn split(text: &str) -> Result<(Self, &str), HeaderError> {
        let (head, rest) = text.split_once("\n\n").ok_or(HeaderError::NoEnd)?;
        let mut values: BTreeMap<&'static str, String> = BTreeMap::new();
        let mut open = None;
        for line in head.lines() {
            if let (Some(more), Some(key)) = (line.strip_prefix("  "), open) {
                let value: &mut String = values.entry(key).or_default();
                value.push(' ');
                value.push_str(more.trim());
                continue;
            }
            let (key, value) = line
                .split_once(':')
                .ok_or_else(|| HeaderError::NotAKey(line.to_owned()))?;
            let known = all_keys()
                .into_iter()
                .find(|known| *known == key)
                .ok_or_else(|| HeaderError::UnknownKey(key.to_owned()))?;
            if values.insert(known, value.trim().to_owned()).is_some() {
                return Err(HeaderError::Twice(key.to_owned()));
            }
            open = Some(known);
        }
        let header = Self(values);
        for key in KEYS {
            header.get(key)?;
        }
        Ok((header, rest))
    }

    pub fn experiment(&self) -> Option<&str> {
        self.0.get(EXPERIMENT).map(String::as_str)
    }

    pub fn get(&self, key: &'static str) -> Result<&str, HeaderError> {
        let value = self.0.get(key).map(String::as_str);
        value
            .filter(|value| !value.is_empty())
            .ok_or(HeaderError::Missing(key))
    }
}

fn all_keys() -> Vec<&'static str> {
    [&KEYS[..], &[EXPERIMENT]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "Variant: a\nMistake: one\n  two\nFailure mode: F1\nLevel: model\n\
                         Claim: c: d\nSeeds: 1\n\ndiff";

    #[test]
    fn a_value_goes_on_in_indented_lines_and_may_hold_a_colon() {
        let (header, rest) = Header::split(WHOLE).expect("is whole");
        assert_eq!(header.get("Mistake"), Ok("one two"));
        assert_eq!(header.get("Claim"), Ok("c: d"));
        assert_eq!(rest, "diff");
    }

    #[test]
    fn what_is_missing_unknown_or_said_twice_is_named() {
        let without = WHOLE.replace("Seeds: 1\n", "");
        assert_eq!(Header::split(&without), Err(HeaderError::Missing("Seeds")));
        let odd = WHOLE.replace("Seeds:", "Sheds:");
        assert_eq!(
            Header::split(&odd),
            Err(HeaderError::UnknownKey("Sheds".to_owned()))
        );
        let twice = WHOLE.replace("Seeds:", "Level:");
        assert_eq!(
            Header::split(&twice),
            Err(HeaderError::Twice("Level".to_owned()))
        );
    }

    #[test]
    fn a_header_ends_at_an_empty_line() {
        assert_eq!(Header::split("Variant: a"), Err(HeaderError::NoEnd));
    }
}
