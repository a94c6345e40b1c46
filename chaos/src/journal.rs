//! What was done, when, and to whom. The fields of Chaos Toolkit's journal, and ours beside them.

mod activity;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use activity::{Activity, ActivityStatus};

use crate::clock::{self, Moment};
use crate::experiment::Experiment;

/// A run and its evidence. [`crate::run::record`] keeps the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Journal {
    pub chaoslib_version: String,
    pub platform: String,
    pub node: String,
    pub experiment: Experiment,
    pub seed: u64,
    pub start: String,
    pub end: Option<String>,
    /// Seconds.
    pub duration: f64,
    pub status: Status,
    /// The steady state was not there again within its bound, or a victim did not come back.
    pub deviated: bool,
    /// Why it is not what it should be, in words.
    pub why: Vec<String>,
    #[serde(rename = "steady_states")]
    pub steady_states: SteadyStates,
    pub run: Vec<Activity>,
    pub rollbacks: Vec<Activity>,
    /// `None` of one that was read from its file.
    #[serde(skip)]
    began: Option<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Running,
    Completed,
    /// Not steady before the method, or a fault could not be worked.
    Failed,
    /// By a condition of the experiment.
    Aborted,
    Interrupted,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SteadyStates {
    pub before: Option<SteadyState>,
    pub after: Option<SteadyState>,
    pub during: Vec<SteadyState>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SteadyState {
    pub steady_state_met: bool,
    pub probes: Vec<Activity>,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot write the journal {}: {source}", path.display())]
pub struct JournalError {
    path: PathBuf,
    source: std::io::Error,
}

impl Journal {
    pub fn begin(experiment: Experiment, seed: u64) -> Self {
        let began = Moment::now();
        Self {
            chaoslib_version: env!("CARGO_PKG_VERSION").into(),
            platform: "local".into(),
            node: "breakwater".into(),
            experiment,
            seed,
            start: clock::iso8601(began.wall_ms),
            end: None,
            duration: 0.0,
            status: Status::Running,
            deviated: false,
            why: Vec::new(),
            steady_states: SteadyStates::default(),
            run: Vec::new(),
            rollbacks: Vec::new(),
            began: Some(began),
        }
    }

    pub fn finish(&mut self, status: Status) {
        self.status = status;
        self.end = Some(clock::iso8601(clock::now_ms()));
        let Some(began) = self.began else { return };
        self.duration = began.elapsed().as_secs_f64();
        if let Some(step_ms) = began.step_ms() {
            // Whose times are in doubt proves nothing.
            self.status = Status::Failed;
            self.why.push(format!(
                "the clock of this machine stepped by {:.1} s meanwhile, so that its times cannot be compared: run it again",
                step_ms as f64 / 1_000.0
            ));
        }
    }

    /// Faults that left none: they may not have happened.
    pub fn without_receipts(&self) -> impl Iterator<Item = &Activity> {
        let faults = self.run.iter().filter(|one| one.fault.is_some());
        faults.filter(|one| one.touched == 0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::example::EXAMPLE;

    fn journal() -> Journal {
        let experiment = strict_yaml::parse(EXAMPLE).expect("the example is whole");
        Journal::begin(experiment, 1)
    }

    #[test]
    fn an_experiment_during_which_the_clock_stepped_proves_nothing() {
        for step_ms in [-3_600_000_i64, 3_600_000] {
            let mut journal = journal();
            let began = journal.began.as_mut().expect("it has begun");
            began.wall_ms = began.wall_ms.saturating_add_signed(-step_ms);
            journal.finish(Status::Completed);
            assert_eq!(journal.status, Status::Failed);
            let told = format!("stepped by {:.1} s", step_ms as f64 / 1_000.0);
            assert!(journal.why[0].contains(&told), "{:?}", journal.why);
            // By the clock that never steps.
            assert!(journal.duration < 60.0, "{}", journal.duration);
        }
    }

    #[test]
    fn a_clock_that_goes_as_it_should_is_not_mentioned() {
        let mut journal = journal();
        journal.finish(Status::Completed);
        assert_eq!((journal.status, journal.why.len()), (Status::Completed, 0));
    }
}
