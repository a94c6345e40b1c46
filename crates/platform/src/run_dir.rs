//! The folder of a run: what is where, and what else belongs to it.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::process::Account;

/// What a supervisor in the background has to say.
pub const SUPERVISOR_LOG: &str = "platform.log";

#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
}

impl RunDir {
    /// Makes the folder where it is missing. The path becomes absolute: it marks our processes.
    pub fn open(path: &Path) -> io::Result<RunDir> {
        std::fs::create_dir_all(path)?;
        let path = path.canonicalize()?;
        std::fs::create_dir_all(path.join("logs"))?;
        Ok(RunDir { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
    pub fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }
    /// Where everything is, for people and programs; there exactly while the platform is ready.
    pub fn endpoints(&self) -> PathBuf {
        self.path.join("endpoints.json")
    }
    pub fn secrets(&self) -> PathBuf {
        self.path.join("secrets.json")
    }
    /// Held locked by the supervisor for as long as it lives; holds its process id.
    /// What the chaos agent knows, the administrators' passwords among it.
    pub fn chaos(&self) -> PathBuf {
        self.path.join("chaos.json")
    }

    pub fn lock(&self) -> PathBuf {
        self.path.join("supervisor.lock")
    }

    /// An empty folder for a server's data: a run starts from nothing.
    pub fn fresh(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.path.join(name);
        make_empty(&folder, 0o755)?;
        Ok(folder)
    }

    /// An empty folder owned by `account`: here, or where it cannot walk to here, in [`elsewhere`].
    pub fn fresh_for(&self, name: &str, account: Option<&Account>) -> io::Result<PathBuf> {
        let Some(account) = account else {
            return self.fresh(name);
        };
        let folder = if account.can_reach(&self.path) {
            self.path.join(name)
        } else {
            let elsewhere = elsewhere(&self.path);
            // Created by us, empty and closed, so nobody can have put anything in our way.
            make_empty(&elsewhere, 0o700)?;
            chown(&elsewhere, Some(account.uid), Some(account.gid))?;
            elsewhere.join(name)
        };
        make_empty(&folder, 0o700)?;
        chown(&folder, Some(account.uid), Some(account.gid))?;
        Ok(folder)
    }

    /// Forgets the logs of the run before; the supervisor's own may be open already.
    pub fn forget_logs(&self) {
        for entry in std::fs::read_dir(self.logs())
            .into_iter()
            .flatten()
            .flatten()
        {
            if entry.file_name() != SUPERVISOR_LOG {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Forgets what only a running platform needs. Logs stay.
    pub fn clear(&self) {
        let held = self.chaos().with_extension("held");
        for file in [self.endpoints(), self.secrets(), self.chaos(), held] {
            let _ = std::fs::remove_file(file);
        }
        for folder in ["rabbitmq", "postgres", "prometheus", "tracestore"] {
            let _ = std::fs::remove_dir_all(self.path.join(folder));
        }
        let _ = std::fs::remove_dir_all(elsewhere(&self.path));
    }
}

/// Where data goes whose owner cannot walk to the run folder, such as one below somebody's home. The name follows from
/// the run folder, so that whoever cleans up finds it.
pub fn elsewhere(run_dir: &Path) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    let name = Uuid::new_v5(&Uuid::NAMESPACE_URL, run_dir.as_os_str().as_bytes());
    Path::new("/var/tmp").join(format!("breakwater-{name}"))
}

/// Complete or not there: a reader never sees half of it.
pub fn write_whole(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let partial = path.with_extension("partial");
    let _ = std::fs::remove_file(&partial);
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&partial)?
        .write_all(content)?;
    std::fs::rename(partial, path)
}

fn make_empty(folder: &Path, mode: u32) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    DirBuilder::new().mode(mode).create(folder)
}
