//! The judgement in the forms that other programs read: one file each, with an `OUTPUT` and its `text`.

#[cfg(test)]
mod example;
pub mod github;
pub mod junit;
pub mod markdown;

use crate::folder::Judgement;

/// A file that follows from the judgement alone.
pub struct Output {
    /// Its name in the run's folder.
    pub file: &'static str,
    pub text: fn(&Judgement) -> String,
}

pub const ALL: [Output; 2] = [junit::OUTPUT, markdown::OUTPUT];
