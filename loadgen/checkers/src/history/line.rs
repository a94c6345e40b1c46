//! The lines of `history.jsonl`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::outcome::{Outcome, Status};

/// One line of `history.jsonl`. Times are unix microseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum HistoryLine {
    Invoke(Invocation),
    /// It definitely happened.
    Ok {
        op: u64,
        at_us: u64,
        promise: Promise,
    },
    /// It definitely did not happen.
    Failed {
        op: u64,
        at_us: u64,
        status: Option<u16>,
        why: String,
    },
    /// It may have happened: a timeout, a reset, a 5xx, a lost answer.
    Unknown {
        op: u64,
        at_us: u64,
        why: String,
    },
    /// The first time the public API showed the order in a terminal state.
    Terminal {
        op: u64,
        at_us: u64,
        outcome: Outcome,
        version: i64,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invocation {
    pub op: u64,
    pub session: u32,
    pub trace_id: String,
    /// The caller's own span: nobody exports it, so it is the one parent a trace may miss.
    pub span_id: String,
    /// When the schedule wanted it sent.
    pub intended_us: u64,
    pub sent_us: u64,
    #[serde(flatten)]
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    Place(Place),
    Cancel {
        of: u64,
        order_id: Uuid,
    },
    Read {
        of: u64,
        order_id: Uuid,
        token: Option<i64>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub key: String,
    pub customer: String,
    pub lines: Vec<OrderLine>,
    pub total_minor: i64,
    pub country: String,
    /// Unique in the run: an order whose answer was lost is recognised by it.
    pub postcode: String,
    pub coordination: String,
    /// How the order may end, as its data says.
    pub allowed: Vec<Outcome>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrderLine {
    pub sku: String,
    pub quantity: i64,
}

/// What the answer said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    pub order_id: Uuid,
    pub version: Option<i64>,
    pub status: Option<Status>,
    /// A read that was answered with `Consistency: stale`.
    #[serde(default)]
    pub stale: bool,
    /// Requests it took; more than one means the same key was sent again.
    pub attempts: u32,
}
