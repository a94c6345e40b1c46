//! All variants: a folder of patch files.

use crate::variant::{Variant, VariantError};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("{path}: {error}")]
    Read {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{path}: {error}")]
    Variant { path: PathBuf, error: VariantError },
    #[error("no variant is called {0:?}; `teeth list` names them all")]
    NoSuchVariant(String),
}

pub fn folder(root: &Path) -> PathBuf {
    root.join("tests/teeth/patches")
}

/// In the order of their names.
pub fn read(root: &Path) -> Result<Vec<Variant>, CatalogueError> {
    let folder = folder(root);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| CatalogueError::Read { path, error }
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
        let path = entry.map_err(failed(&folder))?.path();
        if path.extension().is_some_and(|ending| ending == "patch") {
            paths.push(path);
        }
    }
    paths.sort();
    let variants = paths.into_iter().map(|path| {
        let text = std::fs::read_to_string(&path).map_err(failed(&path))?;
        let slug = path.file_stem().unwrap_or_default().to_string_lossy();
        Variant::parse(&slug, &text).map_err(|error| CatalogueError::Variant {
            path: path.clone(),
            error,
        })
    });
    variants.collect()
}

/// Those of `names`, all if none is named.
pub fn chosen(all: Vec<Variant>, names: &[String]) -> Result<Vec<Variant>, CatalogueError> {
    if let Some(name) = names
        .iter()
        .find(|name| !all.iter().any(|one| one.slug == **name))
    {
        return Err(CatalogueError::NoSuchVariant(name.clone()));
    }
    let is_chosen = |one: &Variant| names.is_empty() || names.contains(&one.slug);
    Ok(all.into_iter().filter(is_chosen).collect())
}
