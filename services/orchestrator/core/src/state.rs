//! What the orchestrator knows.

use orders_contract::{OrderFacts, OrderId, Reason, Status};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The slice of the orchestrator's world that the observations at hand touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    pub sagas: BTreeMap<OrderId, Saga>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Saga {
    /// `None` if a cancel was heard before the order itself: then no step is taken.
    pub facts: Option<OrderFacts>,
    pub phase: Phase,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Reserving,
    Holding,
    Arranging,
    /// Doomed before it began; waiting for the owner of the pivot to say so.
    Cancelling,
    /// Past the pivot: both are retried until they are done.
    Completing {
        captured: bool,
        dispatched: bool,
    },
    Confirming,
    /// What is still to be undone.
    Compensating {
        verdict: Verdict,
        stock: bool,
        payment: bool,
    },
    Closing {
        verdict: Verdict,
    },
    Done {
        status: Status,
    },
}

/// How the order is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Reject(Reason),
    Cancel(Reason),
}

impl Phase {
    /// The word in the database and in metrics.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Reserving => "reserving",
            Self::Holding => "holding",
            Self::Arranging => "arranging",
            Self::Cancelling => "cancelling",
            Self::Completing { .. } => "completing",
            Self::Confirming => "confirming",
            Self::Compensating { .. } => "compensating",
            Self::Closing { .. } => "closing",
            Self::Done { .. } => "done",
        }
    }
}
