//! What was asked for: what the view is told before the run.

use std::time::Duration;

use crate::folder::Record;
use crate::settings::Conduct;
use crate::workload::Pace;

#[derive(Clone, Debug)]
pub struct Brief {
    pub title: String,
    pub pace: Pace,
    pub seed: u64,
    /// Of the load.
    pub length: Duration,
    pub method: Option<String>,
    pub baseline: Duration,
    pub method_timeout: Duration,
    pub recovery: Duration,
    pub drain: Duration,
}

/// How long a phase was meant to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planned {
    For(Duration),
    AtMost(Duration),
    /// Nobody planned it.
    Open,
}

impl Brief {
    pub fn of(record: &Record, conduct: &Conduct) -> Self {
        let workload = &record.workload;
        Self {
            title: workload.title.clone(),
            pace: workload.pace(),
            seed: record.seed,
            length: workload.length(),
            method: conduct.method.clone(),
            baseline: conduct.baseline,
            method_timeout: conduct.method_timeout,
            recovery: conduct.recovery,
            drain: conduct.drain,
        }
    }

    pub fn planned(&self, phase: &str) -> Planned {
        match phase {
            "baseline" if self.method.is_none() => Planned::For(self.length),
            "baseline" => Planned::For(self.baseline),
            "inject" => Planned::AtMost(self.method_timeout),
            "recovery" => Planned::AtMost(self.recovery),
            "drain" | "quiet" => Planned::AtMost(self.drain),
            _ => Planned::Open,
        }
    }
}
