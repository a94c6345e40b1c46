//! An experiment as its file says it, in Chaos Toolkit's words and ours.
//!
//! - [`file`]: what is wrong with an [`Experiment`] as a whole, and what is in one. `strict-yaml` reads it.
//! - [`step`]: what a method is made of. [`subject`]: at whom. [`probe`]: what is measured.
//! - [`claim`]: what is judged. [`example`]: what `chaos new` writes.

pub mod claim;
pub mod example;
pub mod file;
pub mod probe;
pub mod step;
pub mod subject;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use claim::Claim;
pub use probe::{Probe, Provider, Tolerance};
pub use step::{Inject, Mix, Repeat, Step};
pub use strict_yaml::Span;
pub use subject::{BlastRadius, Of};

/// A system, a hypothesis about it, and what is broken to find out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Experiment {
    /// A sentence that is true of a system that survives
    #[schemars(length(min = 1))]
    pub title: String,
    /// What is broken, and why that is worth knowing
    #[schemars(length(min = 1))]
    pub description: String,
    /// The mistake that real systems make and that this finds
    pub finds: Option<String>,
    /// What a system that makes it shows
    pub careless: Option<String>,
    /// Failure modes by their numbers, such as F14
    #[serde(default)]
    pub failure_modes: Vec<String>,
    /// Decides who is hit and which messages are; the command line may say another
    pub seed: Option<u64>,
    /// Orders that are sent all the while; without it, nothing is judged but the hypothesis
    pub workload: Option<Workload>,
    /// What holds before the method and must hold again after it
    pub steady_state_hypothesis: Option<Hypothesis>,
    /// What is done, one after the other
    #[schemars(length(min = 1))]
    pub method: Vec<Step>,
    /// What is done when everything is healed: faults end by themselves and need nothing here
    #[serde(default)]
    pub rollbacks: Vec<Step>,
    /// Conditions under which the method ends before its time
    #[serde(default)]
    pub abort: Vec<Abort>,
    /// Claims that decide, by their numbers: I1; all of them if none is named. Nobody judges them without a workload
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// Longest wait for the steady state after the last fault
    #[serde(default = "recovery")]
    pub recovery: Span,
    /// Instances that may be killed or ended, all in all
    #[serde(default = "kills_max")]
    pub kills_max: u32,
}

/// Long enough for the slowest service to start on a busy machine, and for what waited meanwhile.
const fn recovery() -> Span {
    Span::seconds(60)
}

/// Each of sixteen instances twice: more in one experiment is a mistake in the file.
const fn kills_max() -> u32 {
    32
}

/// What the load generator is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Workload {
    /// Orders a second
    #[serde(default = "rate")]
    pub rate: f64,
    /// Undisturbed load before the method
    #[serde(default = "baseline")]
    pub baseline: Span,
    /// The whole of the load at least; longer where method and recovery take longer
    #[serde(default = "duration")]
    pub duration: Span,
}

/// What two cores carry beside what is broken.
const fn rate() -> f64 {
    20.0
}

const fn baseline() -> Span {
    Span::seconds(6)
}

const fn duration() -> Span {
    Span::seconds(20)
}

/// A steady state is what its probes say.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Hypothesis {
    pub title: String,
    #[schemars(length(min = 1))]
    pub probes: Vec<Probe>,
}

/// A probe that is asked all the while, and how often it may fail.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Abort {
    pub probe: Probe,
    /// Breaches in a row; no answer counts as one after the grace
    #[serde(default = "breaches")]
    #[schemars(range(min = 1))]
    pub breaches: u32,
    /// From the start of the method, while there may be no data yet
    #[serde(default = "grace")]
    pub grace: Span,
}

const fn breaches() -> u32 {
    3
}

/// Prometheus scrapes each second, and a rate needs a few of them.
const fn grace() -> Span {
    Span::seconds(10)
}
