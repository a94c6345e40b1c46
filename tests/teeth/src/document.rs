//! The place that the table has in README.md: between two markers. The rest is somebody's prose.

use std::{
    io,
    path::{Path, PathBuf},
};

pub const BEGIN: &str = "<!-- table: written by `make teeth` -->";
pub const END: &str = "<!-- table end -->";

#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error(
        "{0} has no place for the table: put the lines\n{BEGIN}\n{END}\ninto it, in this order"
    )]
    NoPlace(PathBuf),
}

#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    before: String,
    pub table: String,
    after: String,
}

impl Document {
    pub fn open(root: &Path) -> Result<Self, DocumentError> {
        let path = root.join("tests/teeth/README.md");
        let text = std::fs::read_to_string(&path).map_err(|error| DocumentError::File {
            path: path.clone(),
            error,
        })?;
        let Some((before, table, after)) = parts(&text) else {
            return Err(DocumentError::NoPlace(path));
        };
        Ok(Self {
            before: before.to_owned(),
            table: table.trim().to_owned(),
            after: after.to_owned(),
            path,
        })
    }

    pub fn write(&self, table: &str) -> Result<(), DocumentError> {
        let Self { before, after, .. } = self;
        let text = format!("{before}{BEGIN}\n\n{table}\n\n{END}{after}");
        std::fs::write(&self.path, text).map_err(|error| DocumentError::File {
            path: self.path.clone(),
            error,
        })
    }
}

fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (table, after) = rest.split_once(END)?;
    Some((before, table, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_lies_between_its_markers() {
        let text = format!("a{BEGIN}b{END}c");
        assert_eq!(parts(&text), Some(("a", "b", "c")));
        assert_eq!(parts(&format!("{END}{BEGIN}")), None);
    }
}
