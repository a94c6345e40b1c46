//! One supervisor a run folder. The kernel lets the lock go when its holder ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};

use crate::run_dir::RunDir;

pub struct Lock {
    _file: File,
}

pub enum Holder {
    Nobody,
    /// A supervisor runs, with this process id.
    Process(u32),
}

impl Lock {
    /// None if another supervisor holds it.
    pub fn take(run_dir: &RunDir) -> io::Result<Option<Lock>> {
        let mut file = open(run_dir)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        file.set_len(0)?;
        write!(file, "{}", std::process::id())?;
        Ok(Some(Lock { _file: file }))
    }

    pub fn holder(run_dir: &RunDir) -> io::Result<Holder> {
        let file = open(run_dir)?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Holder::Nobody),
            Err(TryLockError::Error(error)) => Err(error),
            Err(TryLockError::WouldBlock) => std::fs::read_to_string(run_dir.lock())?
                .parse()
                .map(Holder::Process)
                .map_err(|_| io::Error::other("the lock is held, but not by a supervisor")),
        }
    }
}

fn open(run_dir: &RunDir) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(run_dir.lock())
}
