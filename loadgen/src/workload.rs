//! A workload: what customers do, when they come, and what the figures must be. A file, or one of ours by its name.
//!
//! - [`file`]: from a path or a name to a [`Workload`], or to the mistakes in it. [`named`]: those that ship.
//! - [`stage`]: a length of time and how orders arrive in it. [`arrival`]: the shapes, one file each.
//! - [`mix`]: what customers do. [`population`]: how many of them, and how many products.
//! - [`threshold`]: what the figures must be.
//! - [`overrides`]: the flags that stand above a file.

pub mod arrival;
pub mod file;
pub mod mix;
pub mod named;
pub mod overrides;
pub mod population;
pub mod stage;
pub mod threshold;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use arrival::Arrival;
pub use mix::Mix;
pub use population::PopulationSize;
pub use stage::Stage;
pub use threshold::Threshold;

/// What a run sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Workload {
    /// What it is, in a few words
    #[schemars(length(min = 1))]
    pub title: String,
    /// What it is for
    #[schemars(length(min = 1))]
    pub description: String,
    /// One after the other; the last one begins again where method and recovery take longer
    #[schemars(length(min = 1))]
    pub stages: Vec<Stage>,
    /// What customers do
    #[serde(default)]
    pub mix: Mix,
    /// Customers and products
    #[serde(default)]
    pub population: PopulationSize,
    /// What the figures must be at the end
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
}

/// Who decides when the next order comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    /// The schedule, whatever the system does.
    #[default]
    Open,
    /// The system: a customer orders again when the last order has ended. A slow system is asked less, so that its
    /// latencies look better than customers would find them (coordinated omission).
    Closed,
}

impl Pace {
    /// Said wherever a figure of a closed loop is shown.
    pub fn label(self) -> &'static str {
        match self {
            Pace::Open => "open loop",
            Pace::Closed => "closed loop",
        }
    }
}

impl Default for Workload {
    /// What a run without a file sends.
    fn default() -> Self {
        Self {
            title: "Orders of independent customers".into(),
            description: "What `loadgen run` sends without a workload".into(),
            stages: vec![Stage::poisson(50.0, Duration::from_secs(60))],
            mix: Mix::default(),
            population: PopulationSize::default(),
            thresholds: Vec::new(),
        }
    }
}

impl Workload {
    pub fn length(&self) -> Duration {
        self.stages.iter().map(|stage| stage.duration.0).sum()
    }

    pub fn pace(&self) -> Pace {
        let is_closed = |stage: &Stage| matches!(stage.arrival, Arrival::Closed(_));
        match self.stages.iter().any(is_closed) {
            true => Pace::Closed,
            false => Pace::Open,
        }
    }

    /// The most that one of its closed stages has; 0 where none is closed.
    pub fn customers(&self) -> u32 {
        let customers = self.stages.iter().map(|stage| match &stage.arrival {
            Arrival::Closed(closed) => closed.customers,
            _ => 0,
        });
        customers.max().unwrap_or(0)
    }

    /// Orders that the schedule brings, on average; `None` where that is not known before.
    pub fn expected(&self) -> Option<f64> {
        self.stages.iter().map(Stage::expected).sum()
    }

    /// Orders a second, over all of it; `None` where that is not known before.
    pub fn rate_intended(&self) -> Option<f64> {
        Some(self.expected()? / self.length().as_secs_f64())
    }
}
