//! The copy that is patched: every tracked file of the workspace, in a place that stays.
//!
//! Only files that differ are written, so that cargo finds everything else as it left it.

use crate::difference::Overlay;
use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::Command,
};

#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    #[error("`git ls-files` names the files to copy and could not: {0}")]
    Git(String),
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
}

pub struct Scratch {
    root: PathBuf,
    pub tree: PathBuf,
}

impl Scratch {
    pub fn new(root: &Path, tree: PathBuf) -> Self {
        Self {
            root: root.to_owned(),
            tree,
        }
    }

    /// The copy is the workspace as it is on disk now, with the overlay's files in place of its own.
    pub fn become_with(&self, overlay: &Overlay) -> Result<(), ScratchError> {
        let tracked = self.tracked()?;
        for path in &tracked {
            let wanted = match overlay.get(path) {
                Some(text) => Ok(text.clone().into_bytes()),
                None => fs::read(self.root.join(path)),
            };
            match wanted {
                Ok(wanted) => self.put(path, &wanted)?,
                // Tracked, and deleted in the working tree: gone from the copy as well.
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.remove(path)?,
                Err(error) => return Err(failed(&self.root.join(path))(error)),
            }
        }
        for path in self.copied()? {
            if !tracked.contains(&path) {
                self.remove(&path)?;
            }
        }
        Ok(())
    }

    /// By path from the root; links are left out, for nothing is built from them.
    fn tracked(&self) -> Result<BTreeSet<PathBuf>, ScratchError> {
        let listed = Command::new("git")
            .args(["ls-files", "-z"])
            .current_dir(&self.root)
            .output()
            .map_err(|error| ScratchError::Git(error.to_string()))?;
        if !listed.status.success() {
            let why = String::from_utf8_lossy(&listed.stderr).into_owned();
            return Err(ScratchError::Git(why));
        }
        let names = listed.stdout.split(|byte| *byte == 0);
        let names = names.filter(|name| !name.is_empty());
        let paths = names.map(|name| PathBuf::from(OsStr::from_bytes(name)));
        Ok(paths
            .filter(|path| !self.root.join(path).is_symlink())
            .collect())
    }

    fn put(&self, path: &Path, wanted: &[u8]) -> Result<(), ScratchError> {
        let place = self.tree.join(path);
        if fs::read(&place).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        fs::write(&place, wanted).map_err(failed(&place))
    }

    fn remove(&self, path: &Path) -> Result<(), ScratchError> {
        let place = self.tree.join(path);
        match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&place)(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// What is in the copy now.
    fn copied(&self) -> Result<Vec<PathBuf>, ScratchError> {
        let (mut folders, mut files) = (vec![self.tree.clone()], Vec::new());
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else {
                continue;
            };
            for entry in entries {
                let path = entry.map_err(failed(&folder))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(path) = path.strip_prefix(&self.tree) {
                    files.push(path.to_owned());
                }
            }
        }
        Ok(files)
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ScratchError {
    let path = path.to_owned();
    move |error| ScratchError::File { path, error }
}
