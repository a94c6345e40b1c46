//! The place that the figures have in a document: between two markers. Everything else in it is somebody's prose.

use std::path::{Path, PathBuf};

use crate::run::{BenchError, file};

/// Two lines, and what is between them.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub begin: &'static str,
    pub end: &'static str,
}

/// Breakwater whole.
pub const SYSTEM: Place = Place {
    begin: "<!-- figures: written by `make bench` -->",
    end: "<!-- figures end -->",
};
pub const GENERATORS: Place = Place {
    begin: "<!-- generators: written by `bench generators` -->",
    end: "<!-- generators end -->",
};

#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    place: Place,
}

impl Document {
    /// Fails where figures could not be written.
    pub fn open(path: &Path, place: Place) -> Result<Document, BenchError> {
        let document = Document {
            path: path.to_owned(),
            place,
        };
        document.with("")?;
        Ok(document)
    }

    pub fn write(&self, figures: &str) -> Result<(), BenchError> {
        let text = self.with(figures)?;
        std::fs::write(&self.path, text).map_err(file(&self.path))
    }

    /// The document as it is now, with other figures: it may have been edited while they were measured.
    fn with(&self, figures: &str) -> Result<String, BenchError> {
        let text = std::fs::read_to_string(&self.path).map_err(file(&self.path))?;
        let Place { begin, end } = self.place;
        replaced(&text, self.place, figures)
            .ok_or_else(|| BenchError::NoPlace(self.path.clone(), begin, end))
    }
}

fn replaced(text: &str, Place { begin, end }: Place, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n\n{figures}\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let Place { begin, end } = SYSTEM;
        let text = format!("before\n{begin}\nold\n{end}\nafter\n");
        let once = replaced(&text, SYSTEM, "new").expect("has both markers");
        assert_eq!(once, format!("before\n{begin}\n\nnew\n{end}\nafter\n"));
        assert_eq!(replaced(&once, SYSTEM, "new"), Some(once));
    }

    #[test]
    fn a_document_without_a_place_takes_none() {
        let Place { begin, end } = SYSTEM;
        assert_eq!(replaced("prose", SYSTEM, "new"), None);
        assert_eq!(replaced(&format!("{end}{begin}"), SYSTEM, "new"), None);
        let other = format!("{begin}{end}");
        assert_eq!(replaced(&other, GENERATORS, "new"), None);
    }
}
