//! Says what comes up, and how long it took.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::config::Progress;

pub struct Narrator {
    progress: Progress,
    begun: Instant,
    come: Mutex<BTreeSet<String>>,
}

impl Narrator {
    pub fn new(progress: Progress) -> Narrator {
        Narrator {
            progress,
            begun: Instant::now(),
            come: Mutex::default(),
        }
    }

    pub fn say(&self, line: &str) {
        self.progress.tell(line);
    }

    pub fn came(&self, name: &str) {
        let mut come = self.come.lock().unwrap_or_else(PoisonError::into_inner);
        if come.insert(name.to_owned()) {
            self.at(&format!("{name} is ready"));
        }
    }

    pub fn has_come(&self, name: &str) -> bool {
        let come = self.come.lock().unwrap_or_else(PoisonError::into_inner);
        come.contains(name)
    }

    /// Data somewhere else than in the run folder should surprise nobody.
    pub fn data_elsewhere(&self, what: &str, account: &str, folder: &Path) {
        self.say(&format!(
            "{what} runs as {account}, who cannot reach the run folder; its data is in {}",
            folder.display()
        ));
    }

    pub fn finish(&self) {
        self.at("everything is ready");
    }

    fn at(&self, what: &str) {
        self.say(&format!(
            "{:5.1} s  {what}",
            self.begun.elapsed().as_secs_f64()
        ));
    }
}
