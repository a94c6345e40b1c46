//! Which files a patch changes, and to what. Strict: every line of context must be there,
//! though it may have moved.

use diffy::Patch;
use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

/// The one place for production code: a variant never touches what judges it.
const PRODUCTION: [&str; 2] = ["crates", "services"];

/// New contents by path, from the root of the workspace.
pub type Overlay = BTreeMap<PathBuf, String>;

#[derive(Debug, thiserror::Error)]
pub enum DifferenceError {
    #[error("it is not a unified diff as `git diff` writes it: {0}")]
    Syntax(String),
    #[error("it changes nothing")]
    Empty,
    #[error("it does something other to {0} than change its text")]
    NotAChange(String),
    #[error("it changes {0}, which is not production code (crates/ or services/, no tests)")]
    NotProduction(PathBuf),
    #[error("{path} cannot be read: {error}")]
    Read {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("it no longer applies to {path}: {reason}; make the mistake again in today's code")]
    NoLongerApplies { path: PathBuf, reason: String },
}

/// What the files under `root` become.
pub fn overlay(difference: &str, root: &Path) -> Result<Overlay, DifferenceError> {
    let mut overlay = Overlay::new();
    for file in files(difference) {
        let patch = Patch::from_str(file);
        let patch = patch.map_err(|error| DifferenceError::Syntax(error.to_string()))?;
        let name = |name: Option<&str>, prefix| name?.strip_prefix(prefix).map(str::to_owned);
        let path = match (name(patch.original(), "a/"), name(patch.modified(), "b/")) {
            (Some(before), Some(after)) if before == after => PathBuf::from(after),
            other => return Err(DifferenceError::NotAChange(format!("{other:?}"))),
        };
        if !is_production(&path) {
            return Err(DifferenceError::NotProduction(path));
        }
        let before = match overlay.remove(&path) {
            Some(text) => text,
            None => std::fs::read_to_string(root.join(&path)).map_err(|error| {
                DifferenceError::Read {
                    path: path.clone(),
                    error,
                }
            })?,
        };
        let after =
            diffy::apply(&before, &patch).map_err(|error| DifferenceError::NoLongerApplies {
                path: path.clone(),
                reason: error.to_string(),
            })?;
        overlay.insert(path, after);
    }
    match overlay.is_empty() {
        true => Err(DifferenceError::Empty),
        false => Ok(overlay),
    }
}

/// Whether the files under `root`, with those of `over` in their place, have the change already.
pub fn is_planted(difference: &str, root: &Path, over: &Overlay) -> bool {
    files(difference).all(|file| {
        let Ok(patch) = Patch::from_str(file) else {
            return false;
        };
        let path = patch.modified().and_then(|path| path.strip_prefix("b/"));
        let text = path.map(Path::new).and_then(|path| match over.get(path) {
            Some(text) => Some(text.clone()),
            None => std::fs::read_to_string(root.join(path)).ok(),
        });
        text.is_some_and(|text| diffy::apply(&text, &patch.reverse()).is_ok())
    })
}

/// From each `--- a/...` to the next `diff --git`, which says nothing that is needed.
fn files(difference: &str) -> impl Iterator<Item = &str> {
    let parts = difference.split("diff --git ").skip(1);
    parts.map(|part| part.find("--- ").map_or("", |at| &part[at..]))
}

fn is_production(path: &Path) -> bool {
    let parts: Vec<_> = path.components().collect();
    let is_plain = parts
        .iter()
        .all(|part| matches!(part, Component::Normal(_)));
    let is_test = parts.iter().any(|part| part.as_os_str() == "tests");
    let is_inside = PRODUCTION.iter().any(|folder| {
        parts
            .first()
            .is_some_and(|part| part.as_os_str() == *folder)
    });
    is_plain && is_inside && !is_test
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, old: &str) -> String {
        format!(
            "diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1,2 +1,2 @@\n \
             //! Careless variants of our own code, each a small patch, and the proof that \
             each is caught.\n-{old}\n+//! other\n"
        )
    }

    #[test]
    fn judges_and_tests_are_never_changed() {
        for path in [
            "loadgen/checkers/src/lib.rs",
            "tests/teeth/src/lib.rs",
            "crates/messaging/tests/messaging/main.rs",
            "crates/../tests/teeth/src/lib.rs",
        ] {
            let refused = overlay(&change(path, "//!"), Path::new("/"));
            assert!(
                matches!(refused, Err(DifferenceError::NotProduction(_))),
                "{path}"
            );
        }
    }

    #[test]
    fn a_line_that_is_not_there_any_more_is_told() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let path = "crates/messaging/src/lib.rs";
        let refused = overlay(&change(path, "no such line"), &root);
        assert!(matches!(
            refused,
            Err(DifferenceError::NoLongerApplies { .. })
        ));
    }

    #[test]
    fn a_patch_without_a_difference_is_told() {
        assert!(overlay("", Path::new("/")).is_err());
    }
}
