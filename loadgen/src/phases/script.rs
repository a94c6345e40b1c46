//! What a run sends: what a workload and a seed make, or what another run sent.

use crate::drive::plan::Planner;
use crate::drive::population::Population;
use crate::drive::recording::Recording;
use crate::drive::schedule::Then;
use crate::workload::Workload;

pub enum Script {
    /// What the seed draws from it.
    Drawn(Workload),
    Recorded(Box<Recording>),
}

impl Script {
    pub fn workload(&self) -> &Workload {
        match self {
            Script::Drawn(workload) => workload,
            Script::Recorded(recording) => &recording.workload,
        }
    }

    pub fn recording(&self) -> Option<&Recording> {
        match self {
            Script::Drawn(_) => None,
            Script::Recorded(recording) => Some(recording.as_ref()),
        }
    }

    pub fn planner(&self, prefix: String, seed: u64) -> Planner {
        match self {
            Script::Drawn(workload) => {
                let population = Population::of(prefix, workload);
                Planner::new(population, seed, workload)
            }
            Script::Recorded(recording) => recording.planner(&prefix),
        }
    }

    /// What was sent once is not sent twice.
    pub fn then(&self) -> Then {
        match self {
            Script::Drawn(_) => Then::Again,
            Script::Recorded(_) => Then::Nothing,
        }
    }
}
