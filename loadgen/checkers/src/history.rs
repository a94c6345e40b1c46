//! What the load generator did and was promised: one operation, one invocation, one completion.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Placed,
    Confirmed,
    Rejected,
    Cancelled,
}

/// How an order ended: a status, and the reason where there is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Outcome {
    pub status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Completion {
    Ok {
        at_us: u64,
        promise: Promise,
    },
    Failed {
        at_us: u64,
        status: Option<u16>,
        why: String,
    },
    Unknown {
        at_us: u64,
        why: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Terminal {
    pub at_us: u64,
    pub outcome: Outcome,
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    pub invocation: Invocation,
    pub completion: Completion,
    pub terminal: Option<Terminal>,
}

/// What the run put into the system before it loaded it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// Every customer and SKU of the run starts with it.
    pub prefix: String,
    pub accounts: Vec<FundedAccount>,
    pub skus: Vec<StockedSku>,
    /// Customers of others whose account was wrong before the run began: not this run's doing.
    #[serde(default)]
    pub already_wrong: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FundedAccount {
    pub customer: String,
    pub deposited_minor: i64,
    pub blocked: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StockedSku {
    pub sku: String,
    pub unit_price_minor: i64,
    pub received: i64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    pub setup: Setup,
    pub operations: Vec<Operation>,
}

/// An order as its operation saw it.
#[derive(Clone, Copy)]
pub struct Placed<'a> {
    pub operation: &'a Operation,
    pub place: &'a Place,
}

// === impl History ===

impl History {
    /// Folds the lines. An operation without a completion is unknown: its caller died before the answer.
    pub fn fold(setup: Setup, lines: impl IntoIterator<Item = HistoryLine>) -> History {
        let mut operations: BTreeMap<u64, Operation> = BTreeMap::new();
        for line in lines {
            let (op, at) = match line {
                HistoryLine::Invoke(invocation) => {
                    operations.insert(invocation.op, Operation::invoked(invocation));
                    continue;
                }
                HistoryLine::Ok { op, at_us, promise } => (op, Completion::Ok { at_us, promise }),
                HistoryLine::Failed {
                    op,
                    at_us,
                    status,
                    why,
                } => (op, Completion::Failed { at_us, status, why }),
                HistoryLine::Unknown { op, at_us, why } => (op, Completion::Unknown { at_us, why }),
                HistoryLine::Terminal {
                    op,
                    at_us,
                    outcome,
                    version,
                } => {
                    if let Some(operation) = operations.get_mut(&op) {
                        operation.terminal.get_or_insert(Terminal {
                            at_us,
                            outcome,
                            version,
                        });
                    }
                    continue;
                }
            };
            if let Some(operation) = operations.get_mut(&op) {
                operation.completion = at;
            }
        }
        History {
            setup,
            operations: operations.into_values().collect(),
        }
    }

    pub fn placed(&self) -> impl Iterator<Item = Placed<'_>> {
        self.operations
            .iter()
            .filter_map(|operation| match &operation.invocation.action {
                Action::Place(place) => Some(Placed { operation, place }),
                Action::Cancel { .. } | Action::Read { .. } => None,
            })
    }

    /// The cancels of an order by its placing operation.
    pub fn cancels(&self) -> BTreeMap<u64, Vec<&Operation>> {
        let mut cancels: BTreeMap<u64, Vec<&Operation>> = BTreeMap::new();
        for operation in &self.operations {
            if let Action::Cancel { of, .. } = operation.invocation.action {
                cancels.entry(of).or_default().push(operation);
            }
        }
        cancels
    }
}

// === impl Operation ===

impl Operation {
    fn invoked(invocation: Invocation) -> Self {
        let at_us = invocation.sent_us;
        let why = "no completion in the history".to_owned();
        Self {
            invocation,
            completion: Completion::Unknown { at_us, why },
            terminal: None,
        }
    }

    pub fn op(&self) -> u64 {
        self.invocation.op
    }

    pub fn promise(&self) -> Option<&Promise> {
        match &self.completion {
            Completion::Ok { promise, .. } => Some(promise),
            Completion::Failed { .. } | Completion::Unknown { .. } => None,
        }
    }

    /// The system's answer that the pivot was past.
    pub fn was_refused_past_the_pivot(&self) -> bool {
        matches!(
            self.completion,
            Completion::Failed {
                status: Some(409),
                ..
            }
        )
    }

    /// Unix ms from the first request to its answer.
    pub fn answered_within_ms(&self) -> (u64, u64) {
        let (Completion::Ok { at_us, .. }
        | Completion::Failed { at_us, .. }
        | Completion::Unknown { at_us, .. }) = self.completion;
        (self.invocation.sent_us / 1_000, at_us / 1_000)
    }

    /// Unix ms between which the system may have worked on it.
    pub fn window_ms(&self) -> (u64, u64) {
        let (sent_ms, answered_ms) = self.answered_within_ms();
        let ended_ms = self
            .terminal
            .as_ref()
            .map_or(0, |terminal| terminal.at_us / 1_000);
        (sent_ms, answered_ms.max(ended_ms))
    }
}

// === impl Status, Outcome ===

impl Status {
    pub fn parse(text: &str) -> Option<Status> {
        match text {
            "placed" => Some(Status::Placed),
            "confirmed" => Some(Status::Confirmed),
            "rejected" => Some(Status::Rejected),
            "cancelled" => Some(Status::Cancelled),
            _ => None,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Status::Placed => "placed",
            Status::Confirmed => "confirmed",
            Status::Rejected => "rejected",
            Status::Cancelled => "cancelled",
        }
    }

    pub fn is_terminal(self) -> bool {
        !matches!(self, Status::Placed)
    }
}

impl Outcome {
    pub fn confirmed() -> Self {
        Self {
            status: Status::Confirmed,
            reason: None,
        }
    }

    pub fn rejected(reason: &str) -> Self {
        Self {
            status: Status::Rejected,
            reason: Some(reason.into()),
        }
    }

    pub fn cancelled(reason: &str) -> Self {
        Self {
            status: Status::Cancelled,
            reason: Some(reason.into()),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Some(reason) => write!(f, "{}/{reason}", self.status),
            None => write!(f, "{}", self.status),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoke(op: u64) -> HistoryLine {
        HistoryLine::Invoke(Invocation {
            op,
            session: 1,
            trace_id: "t".into(),
            span_id: "s".into(),
            intended_us: 1,
            sent_us: 2,
            action: Action::Cancel {
                of: 0,
                order_id: Uuid::nil(),
            },
        })
    }

    #[test]
    fn an_operation_without_a_completion_is_unknown() {
        let history = History::fold(Setup::default(), [invoke(7)]);
        assert!(matches!(
            history.operations[0].completion,
            Completion::Unknown { .. }
        ));
    }

    #[test]
    fn lines_survive_json() {
        let line = invoke(7);
        let text = serde_json::to_string(&line).expect("serialises");
        assert!(text.contains(r#""event":"invoke""#) && text.contains(r#""kind":"cancel""#));
        assert_eq!(
            serde_json::from_str::<HistoryLine>(&text).expect("parses"),
            line
        );
    }

    #[test]
    fn the_first_terminal_observation_counts() {
        let seen = |at_us| HistoryLine::Terminal {
            op: 7,
            at_us,
            outcome: Outcome::confirmed(),
            version: 2,
        };
        let history = History::fold(Setup::default(), [invoke(7), seen(10), seen(20)]);
        assert_eq!(
            history.operations[0].terminal.as_ref().map(|t| t.at_us),
            Some(10)
        );
    }
}
