//! The journal as it grows. On disk anew after each activity, so that a crash of this tool loses none that ended.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::journal::{Activity, Journal, JournalError};

pub struct Record<'a> {
    path: &'a Path,
    journal: Mutex<Journal>,
}

/// Which list of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Run,
    Rollbacks,
}

impl Part {
    pub fn of(self, journal: &mut Journal) -> &mut Vec<Activity> {
        match self {
            Self::Run => &mut journal.run,
            Self::Rollbacks => &mut journal.rollbacks,
        }
    }
}

impl<'a> Record<'a> {
    /// On disk before anything is broken: a disk that is full refuses here.
    pub fn begin(journal: Journal, path: &'a Path) -> Result<Self, JournalError> {
        journal.write(path)?;
        let journal = Mutex::new(journal);
        Ok(Self { path, journal })
    }

    /// On disk when it is written next.
    pub fn note<T>(&self, change: impl FnOnce(&mut Journal) -> T) -> T {
        change(&mut self.locked())
    }

    /// On disk now.
    pub fn write<T>(&self, change: impl FnOnce(&mut Journal) -> T) -> Result<T, JournalError> {
        let mut journal = self.locked();
        let changed = change(&mut journal);
        journal.write(self.path)?;
        Ok(changed)
    }

    /// The system did not do what it should have.
    pub fn deviated(&self, why: String) {
        let mut journal = self.locked();
        journal.deviated = true;
        journal.why.push(why);
    }

    fn locked(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
