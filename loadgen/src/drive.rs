//! The load: what is sent, when, and how a well-behaved caller sends it.

pub mod budget;
pub mod caller;
pub mod draw;
pub mod load;
pub mod operation;
pub mod plan;
pub mod population;
pub mod recording;
pub mod schedule;
pub mod trace_ids;
pub mod warm_up;

use std::sync::Arc;

use caller::Caller;
use plan::Planner;

use crate::history::Recorder;
use crate::tally::Tally;

/// What every operation needs.
#[derive(Clone)]
pub struct Drive {
    pub caller: Arc<Caller>,
    pub planner: Arc<Planner>,
    pub recorder: Recorder,
    pub tally: Arc<Tally>,
}
