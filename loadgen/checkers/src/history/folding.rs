//! From lines to operations: one invocation, one completion, one end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Completion, History, HistoryLine, Invocation, Operation, Setup, Terminal};

/// A history as it is read, line by line.
#[derive(Default)]
pub struct Folding {
    operations: BTreeMap<u64, Operation>,
    /// Invoked, and not answered so far.
    open: BTreeSet<u64>,
}

/// A line that cannot follow those before it: a load generator does not write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Irregular {
    op: u64,
    why: &'static str,
}

impl fmt::Display for Irregular {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "operation {} {}", self.op, self.why)
    }
}

impl Folding {
    /// Takes the line in; what was said first stays.
    pub fn add(&mut self, line: HistoryLine) -> Result<(), Irregular> {
        match line {
            HistoryLine::Invoke(invocation) => self.invoke(invocation),
            HistoryLine::Ok { op, at_us, promise } => {
                self.complete(op, Completion::Ok { at_us, promise })
            }
            HistoryLine::Failed {
                op,
                at_us,
                status,
                why,
            } => self.complete(op, Completion::Failed { at_us, status, why }),
            HistoryLine::Unknown { op, at_us, why } => {
                self.complete(op, Completion::Unknown { at_us, why })
            }
            HistoryLine::Terminal {
                op,
                at_us,
                outcome,
                version,
            } => self.end(
                op,
                Terminal {
                    at_us,
                    outcome,
                    version,
                },
            ),
        }
    }

    /// An operation without a completion is unknown: its caller died before the answer.
    pub fn finish(self, setup: Setup) -> History {
        History {
            setup,
            operations: self.operations.into_values().collect(),
        }
    }

    fn invoke(&mut self, invocation: Invocation) -> Result<(), Irregular> {
        let op = invocation.op;
        if self.operations.contains_key(&op) {
            let why = "is invoked a second time";
            return Err(Irregular { op, why });
        }
        self.open.insert(op);
        self.operations.insert(op, Operation::invoked(invocation));
        Ok(())
    }

    fn complete(&mut self, op: u64, completion: Completion) -> Result<(), Irregular> {
        let operation = self.operations.get_mut(&op).ok_or(Irregular {
            op,
            why: "is answered and was not invoked",
        })?;
        if !self.open.remove(&op) {
            let why = "is answered a second time";
            return Err(Irregular { op, why });
        }
        operation.completion = completion;
        Ok(())
    }

    fn end(&mut self, op: u64, terminal: Terminal) -> Result<(), Irregular> {
        let operation = self.operations.get_mut(&op).ok_or(Irregular {
            op,
            why: "is seen to end and was not invoked",
        })?;
        if operation.terminal.is_some() {
            let why = "is seen to end a second time";
            return Err(Irregular { op, why });
        }
        operation.terminal = Some(terminal);
        Ok(())
    }
}

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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Action, Outcome};
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

    fn failed(op: u64, why: &str) -> HistoryLine {
        HistoryLine::Failed {
            op,
            at_us: 3,
            status: None,
            why: why.into(),
        }
    }

    fn ended(op: u64, at_us: u64) -> HistoryLine {
        HistoryLine::Terminal {
            op,
            at_us,
            outcome: Outcome::confirmed(),
            version: 2,
        }
    }

    /// What is said of the last line.
    fn told(lines: &[HistoryLine]) -> Option<String> {
        let mut folding = Folding::default();
        let said = lines.iter().map(|line| folding.add(line.clone()));
        said.last().and_then(Result::err).map(|why| why.to_string())
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
    fn an_operation_is_invoked_answered_and_seen_to_end_once() {
        assert_eq!(told(&[invoke(7), failed(7, "a"), ended(7, 4)]), None);
        // Its end may be seen before the answer is written down.
        assert_eq!(told(&[invoke(7), ended(7, 4), failed(7, "a")]), None);
        for (lines, why) in [
            (vec![failed(7, "a")], "answered and was not invoked"),
            (vec![ended(7, 4)], "seen to end and was not invoked"),
            (vec![invoke(7), invoke(7)], "invoked a second time"),
            (
                vec![invoke(7), failed(7, "a"), failed(7, "a")],
                "answered a second time",
            ),
            (
                vec![invoke(7), ended(7, 4), ended(7, 4)],
                "seen to end a second time",
            ),
        ] {
            let told = told(&lines).expect("irregular");
            assert_eq!(told, format!("operation 7 is {why}"));
        }
    }

    #[test]
    fn what_was_said_first_stays() {
        let lines = [
            invoke(7),
            failed(7, "first"),
            ended(7, 10),
            invoke(7),
            failed(7, "second"),
            ended(7, 20),
        ];
        let operation = &History::fold(Setup::default(), lines).operations[0];
        let Completion::Failed { why, .. } = &operation.completion else {
            panic!("{operation:?}")
        };
        assert_eq!(why, "first");
        assert_eq!(operation.terminal.as_ref().map(|it| it.at_us), Some(10));
    }
}
