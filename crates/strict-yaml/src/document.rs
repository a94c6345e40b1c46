//! A type that files are read into.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// Its schema finds most mistakes; here is what a schema cannot say.
pub trait Document: DeserializeOwned + JsonSchema {
    /// Texts with a grammar of their own, beside spans.
    const FORMATS: &'static [Format] = &[];

    /// What is true of the whole and of no part.
    fn breaches(&self) -> Vec<Breach>;
}

/// The `format` of a text in the schema, and who knows what is wrong with one.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub name: &'static str,
    pub check: fn(&str) -> Result<(), String>,
}

/// A rule that the whole breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Where it shows: `stages[1].spike`; empty for the whole file.
    pub path: String,
    pub why: String,
}

impl Breach {
    pub fn of_the_whole(why: impl Into<String>) -> Self {
        Self::at("", why)
    }

    pub fn at(path: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            why: why.into(),
        }
    }
}
