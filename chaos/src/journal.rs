//! What was done, when, and to whom. The fields of Chaos Toolkit's journal, and ours beside them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::{self, Moment};
use crate::experiment::Experiment;
use crate::receipt::Receipt;

/// The file is written anew after each activity, so that a crash of this tool loses none that ended.
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

/// A fault, a pause or a probe.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Activity {
    pub activity: Value,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    pub status: ActivityStatus,
    pub start: String,
    pub end: String,
    pub ended_ms: u64,
    /// Seconds.
    pub duration: f64,
    pub output: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance_met: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<Vec<String>>,
    #[serde(default)]
    pub receipts: Vec<Receipt>,
    /// All that were touched; of very many, not each left a receipt here.
    #[serde(default)]
    pub touched: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityStatus {
    Succeeded,
    Failed,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot write the journal {}: {source}", path.display())]
pub struct JournalError {
    path: PathBuf,
    source: std::io::Error,
}

impl Activity {
    pub fn of(kind: &str, title: &str, provider: Value, start_ms: u64) -> Self {
        let end_ms = clock::now_ms();
        Self {
            activity: json!({ "type": kind, "name": title, "provider": provider }),
            title: title.to_owned(),
            fault: None,
            status: ActivityStatus::Succeeded,
            start: clock::iso8601(start_ms),
            end: clock::iso8601(end_ms),
            ended_ms: end_ms,
            duration: seconds(start_ms, end_ms),
            output: Value::Null,
            tolerance_met: None,
            exception: None,
            receipts: Vec::new(),
            touched: 0,
        }
    }

    pub fn failed(mut self, why: String) -> Self {
        self.status = ActivityStatus::Failed;
        self.exception = Some(vec![why]);
        self
    }
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

fn seconds(start_ms: u64, end_ms: u64) -> f64 {
    end_ms.saturating_sub(start_ms) as f64 / 1_000.0
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
