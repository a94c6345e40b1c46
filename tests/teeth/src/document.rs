//! The places that the figures have in documents: each between two markers. The rest is
//! somebody's prose.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Where something is put, and by what its place is known.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// From the workspace's root.
    path: &'static str,
    begin: &'static str,
    end: &'static str,
}

pub const TABLE: Place = Place {
    path: "tests/teeth/README.md",
    begin: "<!-- table: written by `make teeth` -->",
    end: "<!-- table end -->",
};

/// On the front page.
pub const SHARE: Place = Place {
    path: "README.md",
    begin: "<!-- teeth: written by `make teeth` -->",
    end: "<!-- teeth end -->",
};

#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error(
        "{path} has no place for what is found: put the lines\n{begin}\n{end}\ninto it, in this order"
    )]
    NoPlace {
        path: PathBuf,
        begin: &'static str,
        end: &'static str,
    },
}

#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    before: String,
    pub text: String,
    after: String,
}

impl Document {
    pub fn open(root: &Path, place: Place) -> Result<Self, DocumentError> {
        let Place { begin, end, .. } = place;
        let path = root.join(place.path);
        let whole = std::fs::read_to_string(&path).map_err(|error| DocumentError::File {
            path: path.clone(),
            error,
        })?;
        let Some((before, text, after)) = parts(&whole, place) else {
            return Err(DocumentError::NoPlace { path, begin, end });
        };
        Ok(Self {
            before: format!("{before}{begin}"),
            text: text.trim().to_owned(),
            after: format!("{end}{after}"),
            path,
        })
    }

    pub fn write(&self, text: &str) -> Result<(), DocumentError> {
        let Self { before, after, .. } = self;
        let whole = format!("{before}\n\n{text}\n\n{after}");
        std::fs::write(&self.path, whole).map_err(|error| DocumentError::File {
            path: self.path.clone(),
            error,
        })
    }
}

fn parts(whole: &str, place: Place) -> Option<(&str, &str, &str)> {
    let (before, rest) = whole.split_once(place.begin)?;
    let (text, after) = rest.split_once(place.end)?;
    Some((before, text, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_lies_between_its_markers() {
        let Place { begin, end, .. } = TABLE;
        let whole = format!("a{begin}b{end}c");
        assert_eq!(parts(&whole, TABLE), Some(("a", "b", "c")));
        assert_eq!(parts(&format!("{end}{begin}"), TABLE), None);
    }
}
