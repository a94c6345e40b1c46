//! The place that the figures have in a document: between two markers. Everything else in it is somebody's prose.

use std::path::{Path, PathBuf};

use crate::run::{BenchError, file};

pub const BEGIN: &str = "<!-- figures: written by `make bench` -->";
pub const END: &str = "<!-- figures end -->";

#[derive(Debug)]
pub struct Document {
    path: PathBuf,
}

impl Document {
    /// Fails where figures could not be written.
    pub fn open(path: &Path) -> Result<Document, BenchError> {
        let document = Document {
            path: path.to_owned(),
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
        replaced(&text, figures).ok_or_else(|| BenchError::NoPlace(self.path.clone(), BEGIN, END))
    }
}

fn replaced(text: &str, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{figures}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let text = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let once = replaced(&text, "new").expect("has both markers");
        assert_eq!(once, format!("before\n{BEGIN}\n\nnew\n{END}\nafter\n"));
        assert_eq!(replaced(&once, "new"), Some(once));
    }

    #[test]
    fn a_document_without_a_place_takes_none() {
        assert_eq!(replaced("prose", "new"), None);
        assert_eq!(replaced(&format!("{END}{BEGIN}"), "new"), None);
    }
}
