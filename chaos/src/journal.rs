//! What was done, when, and to whom. The fields of Chaos Toolkit's journal, and ours beside them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::clock;

/// The file is written anew after each activity, so that a crash of this tool loses none that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Journal {
    pub platform: String,
    pub experiment: Experiment,
    pub seed: u64,
    pub start: String,
    pub end: Option<String>,
    pub status: Status,
    /// The system did not come back as the experiment demands.
    pub deviated: bool,
    pub run: Vec<Activity>,
    pub rollbacks: Vec<Activity>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    pub title: String,
    pub description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Running,
    Completed,
    Interrupted,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    pub title: String,
    pub fault: Option<String>,
    pub status: ActivityStatus,
    pub start: String,
    pub end: String,
    /// Seconds, as in Chaos Toolkit.
    pub duration: f64,
    pub why: Option<String>,
    pub receipts: Vec<Receipt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityStatus {
    Succeeded,
    Failed,
}

/// Proof that something was touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub what: String,
    pub name: String,
    pub service: String,
    pub pid: u32,
    pub signal: String,
    pub at_ms: u64,
    /// The old process was seen to be gone.
    pub gone: bool,
    pub new_pid: Option<u32>,
    pub ready_at_ms: Option<u64>,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot write the journal {path}: {source}")]
pub struct JournalError {
    path: PathBuf,
    source: std::io::Error,
}

impl Journal {
    pub fn begin(experiment: Experiment, seed: u64) -> Self {
        Self {
            platform: "local".into(),
            experiment,
            seed,
            start: clock::iso8601(clock::now_ms()),
            end: None,
            status: Status::Running,
            deviated: false,
            run: Vec::new(),
            rollbacks: Vec::new(),
        }
    }

    pub fn finish(&mut self, status: Status) {
        self.status = status;
        self.end = Some(clock::iso8601(clock::now_ms()));
    }

    /// Whole or not at all: readers never see half a journal.
    pub fn write(&self, path: &Path) -> Result<(), JournalError> {
        let failed = |source| JournalError {
            path: path.to_owned(),
            source,
        };
        let text = serde_json::to_vec_pretty(self).map_err(|e| failed(e.into()))?;
        let draft = path.with_extension("json.partial");
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        std::fs::write(&draft, text).map_err(failed)?;
        std::fs::rename(&draft, path).map_err(failed)
    }
}
