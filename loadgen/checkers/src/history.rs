//! What the load generator did and was promised: one operation, one invocation, one completion.

mod folding;
mod line;
mod outcome;
mod setup;

use std::collections::BTreeMap;

pub use folding::{Folding, Irregular};
pub use line::{Action, HistoryLine, Invocation, OrderLine, Place, Promise};
pub use outcome::{Outcome, Status};
pub use setup::{FundedAccount, Setup, StockedSku};

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
    /// Folds the lines; what cannot follow those before it is passed over.
    pub fn fold(setup: Setup, lines: impl IntoIterator<Item = HistoryLine>) -> History {
        let mut folding = Folding::default();
        for line in lines {
            let _ = folding.add(line);
        }
        folding.finish(setup)
    }

    /// The operations of the load, without those of the warm-up.
    pub fn loaded(&self) -> impl Iterator<Item = &Operation> {
        let is_loaded = |operation: &&Operation| self.is_loaded(operation);
        self.operations.iter().filter(is_loaded)
    }

    pub fn is_loaded(&self, operation: &Operation) -> bool {
        operation.op() >= self.setup.warm_up_ops
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

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

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
    fn lines_survive_json() {
        let line = invoke(7);
        let text = serde_json::to_string(&line).expect("serialises");
        assert!(text.contains(r#""event":"invoke""#) && text.contains(r#""kind":"cancel""#));
        assert_eq!(
            serde_json::from_str::<HistoryLine>(&text).expect("parses"),
            line
        );
    }

    fn answered(op: u64, status: Option<u16>) -> HistoryLine {
        let (at_us, why) = (3_456_789, "no".to_owned());
        HistoryLine::Failed {
            op,
            at_us,
            status,
            why,
        }
    }

    #[test]
    fn the_load_begins_where_the_warm_up_ends() {
        let setup = Setup {
            warm_up_ops: 8,
            ..Setup::default()
        };
        let history = History::fold(setup, [invoke(7), invoke(8), invoke(9)]);
        let loaded: Vec<u64> = history.loaded().map(Operation::op).collect();
        assert_eq!(loaded, [8, 9]);
    }

    #[test]
    fn a_cancel_is_found_by_the_operation_that_placed_the_order() {
        let history = History::fold(Setup::default(), [invoke(7), invoke(8)]);
        let cancels: Vec<(u64, Vec<u64>)> = (history.cancels().into_iter())
            .map(|(of, cancels)| (of, cancels.iter().map(|cancel| cancel.op()).collect()))
            .collect();
        assert_eq!(cancels, [(0, vec![7, 8])]);
    }

    #[test]
    fn only_a_conflict_says_that_the_pivot_was_past() {
        for (status, past) in [(Some(409), true), (Some(422), false), (None, false)] {
            let history = History::fold(Setup::default(), [invoke(7), answered(7, status)]);
            let operation = &history.operations[0];
            assert_eq!(operation.was_refused_past_the_pivot(), past, "{status:?}");
        }
    }

    #[test]
    fn the_system_may_have_worked_from_the_request_to_the_answer_or_the_end_seen() {
        let HistoryLine::Invoke(mut invocation) = invoke(7) else {
            unreachable!("it is an invocation")
        };
        invocation.sent_us = 2_345_678;
        let invoked = || HistoryLine::Invoke(invocation.clone());
        let seen = |at_us| HistoryLine::Terminal {
            op: 7,
            at_us,
            outcome: Outcome::confirmed(),
            version: 2,
        };
        for (end_us, window_ms) in [(5_678_901, (2_345, 5_678)), (3_000_000, (2_345, 3_456))] {
            let lines = [invoked(), answered(7, None), seen(end_us)];
            let operation = &History::fold(Setup::default(), lines).operations[0];
            assert_eq!(operation.answered_within_ms(), (2_345, 3_456));
            assert_eq!(operation.window_ms(), window_ms);
        }
    }
}
