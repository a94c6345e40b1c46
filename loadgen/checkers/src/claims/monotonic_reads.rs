//! I9: an order that a session has seen is never older when the session looks again.
//!
//! Every instance of the read side answers from one database, whose rows never go back. So an answer of the read side
//! is never older than one that was there before it was asked for, whoever gave that, with a token or without. One
//! that says that it is stale is judged too: it is behind the write side, not behind itself.
//!
//! The write side is ahead of the read side. What it answers is never older than anything before; a read behind an
//! answer of the write side breaks nothing here: with a token it is I10's, without one it is counted.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::history::{Action, Completion, History, Operation};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I9",
    title: "no session saw an order go back",
};

/// The read side does not know the order. To who has seen it, that is older than any version.
const NOT_FOUND: (Option<u16>, i64) = (Some(404), 0);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Read,
    Write,
}

/// One answer about an order, from before the question was asked until it was there.
struct Answer {
    side: Side,
    what: &'static str,
    asked_us: u64,
    answered_us: u64,
    version: i64,
}

/// `None`: nobody read, so there is nothing to claim.
pub fn check(history: &History) -> Option<Report> {
    let is_read = |it: &Operation| matches!(it.invocation.action, Action::Read { .. });
    if !history.operations.iter().any(is_read) {
        return None;
    }
    let mut exam = Examination::of(CLAIM);
    let (mut reads, mut commands, mut behind) = (0, 0, 0);
    for ((session, order_id), answers) in &sessions(history) {
        for answer in answers {
            let newest = |side| newest_before(answer, side, answers);
            let (read, written) = (newest(Side::Read), newest(Side::Write));
            let floor = match answer.side {
                Side::Read => read,
                Side::Write => read.max(written),
            };
            match (answer.side, floor) {
                (_, None) => {}
                (Side::Read, Some(_)) => reads += 1,
                (Side::Write, Some(_)) => commands += 1,
            }
            if let Some(floor) = floor.filter(|floor| answer.version < *floor) {
                let found = match answer.version {
                    0 => "no such order".to_owned(),
                    version => format!("version {version}"),
                };
                exam.wrong_at(
                    answer.answered_us / 1_000,
                    format!("order {order_id}, session {session}"),
                    answer.what,
                    format!("version {floor} or a later one: it was seen before"),
                    found,
                );
            } else if written.is_some_and(|written| answer.version < written) {
                behind += 1;
            }
        }
    }
    exam.count(reads, "reads after another");
    exam.count(commands, "commands after another answer");
    exam.note(format!("{behind} reads behind a command"));
    if reads == 0 {
        exam.unknown("no session read an order again after it had seen it");
    }
    Some(exam.finish())
}

/// The newest version that was there when `later` was asked for. Answers that cross say nothing about each other.
fn newest_before(later: &Answer, side: Side, answers: &[Answer]) -> Option<i64> {
    let before = answers
        .iter()
        .filter(|earlier| earlier.side == side && earlier.answered_us < later.asked_us);
    let seen = before.map(|earlier| earlier.version);
    seen.filter(|version| *version != NOT_FOUND.1).max()
}

fn sessions(history: &History) -> BTreeMap<(u32, Uuid), Vec<Answer>> {
    let mut sessions: BTreeMap<(u32, Uuid), Vec<Answer>> = BTreeMap::new();
    for operation in &history.operations {
        let session = operation.invocation.session;
        let Some(order_id) = order_of(operation) else {
            continue;
        };
        let answers = sessions.entry((session, order_id)).or_default();
        answers.extend(answer(operation));
        answers.extend(end(operation));
    }
    sessions
}

fn order_of(operation: &Operation) -> Option<Uuid> {
    match operation.invocation.action {
        Action::Place(_) => operation.promise().map(|promise| promise.order_id),
        Action::Cancel { order_id, .. } | Action::Read { order_id, .. } => Some(order_id),
    }
}

fn answer(operation: &Operation) -> Option<Answer> {
    let (side, what) = match operation.invocation.action {
        Action::Place(_) => (Side::Write, "the answer to the placement"),
        Action::Cancel { .. } => (Side::Write, "the answer to a cancel"),
        Action::Read { token: None, .. } => (Side::Read, "a read without a token"),
        Action::Read { token: Some(_), .. } => (Side::Read, "a read with a token"),
    };
    let (answered_us, version) = match &operation.completion {
        Completion::Ok { at_us, promise } => (*at_us, promise.version?),
        Completion::Failed { at_us, status, .. }
            if side == Side::Read && *status == NOT_FOUND.0 =>
        {
            (*at_us, NOT_FOUND.1)
        }
        Completion::Failed { .. } | Completion::Unknown { .. } => return None,
    };
    Some(Answer {
        side,
        what,
        asked_us: operation.invocation.sent_us,
        answered_us,
        version,
    })
}

/// The watch may have asked at any time since the order was placed.
fn end(operation: &Operation) -> Option<Answer> {
    let terminal = operation.terminal.as_ref()?;
    Some(Answer {
        side: Side::Read,
        what: "the end that was waited for",
        asked_us: operation.invocation.sent_us,
        answered_us: terminal.at_us,
        version: terminal.version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Promise;
    use crate::{Verdict, example};

    /// The first order of the example, whose end was seen in version 2, read once more.
    fn read_again(completion: impl FnOnce(u64, Promise) -> Completion) -> History {
        let mut history = example::run().history;
        let mut read = example::read_with_a_token(&history);
        let promise = read.promise().expect("answered").clone();
        read.completion = completion(read.invocation.sent_us + 1_000, promise);
        history.operations.push(read);
        history
    }

    fn seen(version: i64) -> History {
        read_again(|at_us, promise| Completion::Ok {
            at_us,
            promise: Promise {
                version: Some(version),
                ..promise
            },
        })
    }

    fn refused(status: u16) -> History {
        read_again(|at_us, _| Completion::Failed {
            at_us,
            status: Some(status),
            why: "unknown-order".into(),
        })
    }

    fn label(history: &History) -> Option<&'static str> {
        check(history).map(|report| report.verdict.label())
    }

    #[test]
    fn the_version_that_was_seen_or_a_later_one_is_valid() {
        assert_eq!(label(&seen(2)), Some("valid"));
        assert_eq!(label(&seen(3)), Some("valid"));
    }

    #[test]
    fn an_older_version_than_was_seen_is_invalid_with_its_time() {
        let history = seen(1);
        let answered_us = history.operations[4].invocation.sent_us + 1_000;
        let Verdict::Invalid(evidence) = check(&history).expect("read").verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].found, "version 1");
        assert_eq!(evidence[0].at_ms, Some(answered_us / 1_000));
    }

    #[test]
    fn an_older_version_is_invalid_even_if_it_says_that_it_is_stale() {
        let mut history = seen(1);
        if let Completion::Ok { promise, .. } = &mut history.operations[4].completion {
            promise.stale = true;
        }
        assert_eq!(label(&history), Some("invalid"));
    }

    #[test]
    fn an_order_that_was_seen_and_is_not_found_is_invalid() {
        assert_eq!(label(&refused(404)), Some("invalid"));
        assert_eq!(label(&refused(503)), Some("unknown"));
    }

    #[test]
    fn reads_that_cross_say_nothing_about_each_other() {
        let mut history = seen(1);
        let ended_us = history.operations[0]
            .terminal
            .as_ref()
            .expect("ended")
            .at_us;
        history.operations[4].invocation.sent_us = ended_us;
        assert_eq!(label(&history), Some("unknown"));
    }

    #[test]
    fn a_read_behind_the_answer_to_a_command_is_counted_and_not_judged() {
        let mut history = seen(2);
        if let Completion::Ok { promise, .. } = &mut history.operations[0].completion {
            promise.version = Some(3);
        }
        let report = check(&history).expect("read");
        assert_eq!(report.verdict, Verdict::Valid);
        let counted = "1 reads after another, 0 commands after another answer, 1 reads behind";
        assert!(report.examined.starts_with(counted), "{}", report.examined);
    }

    #[test]
    fn a_command_that_answers_less_than_was_read_is_invalid() {
        let mut history = seen(2);
        let mut cancel = history.operations[4].clone();
        let promise = cancel.promise().expect("answered").clone();
        let order_id = promise.order_id;
        cancel.invocation.op += 1;
        cancel.invocation.sent_us += 2_000;
        cancel.invocation.action = Action::Cancel { of: 0, order_id };
        let at_us = cancel.invocation.sent_us + 1_000;
        let version = Some(1);
        let promise = Promise { version, ..promise };
        cancel.completion = Completion::Ok { at_us, promise };
        history.operations.push(cancel);
        assert_eq!(label(&history), Some("invalid"));
    }

    #[test]
    fn another_session_is_another_story() {
        let mut history = seen(1);
        history.operations[4].invocation.session += 1;
        assert_eq!(label(&history), Some("unknown"));
    }

    #[test]
    fn without_a_read_there_is_no_claim() {
        assert_eq!(label(&example::run().history), None);
    }
}
