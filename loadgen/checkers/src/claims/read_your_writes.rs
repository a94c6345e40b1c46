//! I10: a read with a consistency token shows what the token was given for, or says that it cannot yet.
//!
//! Without a token nothing is promised: how often such a read was behind is counted.

use std::collections::BTreeMap;

use crate::history::{Action, Completion, History, Operation};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I10",
    title: "reads with a token saw their writes",
};

/// The order was acknowledged before it was read: "there is none" is a lie. "Not yet" is another status.
const NOT_FOUND: u16 = 404;
const PLACE: &str = "the answer";

/// `None`: nobody read with a token, so there is nothing to claim.
pub fn check(history: &History) -> Option<Report> {
    let mut exam = Examination::of(CLAIM);
    let (mut fresh, mut stale) = (0, 0);
    let mut reads = 0;
    for operation in &history.operations {
        let Action::Read {
            order_id,
            token: Some(token),
            ..
        } = operation.invocation.action
        else {
            continue;
        };
        reads += 1;
        let subject = || format!("order {order_id}, read with token {token}");
        match &operation.completion {
            // It says so itself; the caller may ask again.
            Completion::Ok { promise, .. } if promise.stale => stale += 1,
            Completion::Ok { promise, .. } => {
                fresh += 1;
                let at_ms = operation.answered_within_ms().1;
                if promise.order_id != order_id {
                    let found = format!("order {}", promise.order_id);
                    exam.wrong_at(at_ms, subject(), PLACE, "this order", found);
                }
                let seen = promise.version;
                if seen.is_none_or(|version| version < token) {
                    let found = seen.map_or("no version".to_owned(), |v| format!("version {v}"));
                    exam.wrong_at(at_ms, subject(), PLACE, "this version or a later", found);
                }
            }
            Completion::Failed {
                status: Some(NOT_FOUND),
                at_us,
                why,
            } => exam.wrong_at(
                at_us / 1_000,
                subject(),
                PLACE,
                "the order, or not yet",
                why,
            ),
            Completion::Failed { .. } | Completion::Unknown { .. } => {}
        }
    }
    exam.count(fresh, "reads with a token");
    exam.note(format!("{stale} said that they were stale"));
    let (plain, behind) = without_a_token(history);
    if plain > 0 {
        exam.note(format!("{plain} without one, {behind} of them behind"));
    }
    (reads > 0).then(|| exam.finish())
}

/// Reads without a token that were answered, and those that were behind the placement of their order.
fn without_a_token(history: &History) -> (usize, usize) {
    let placed: BTreeMap<u64, i64> = (history.placed())
        .filter_map(|placed| Some((placed.operation.op(), placed.operation.promise()?.version?)))
        .collect();
    let seen = |read: &Operation| match &read.completion {
        Completion::Ok { promise, .. } => promise.version,
        Completion::Failed {
            status: Some(NOT_FOUND),
            ..
        } => Some(0),
        Completion::Failed { .. } | Completion::Unknown { .. } => None,
    };
    let mut answered = (0, 0);
    for read in &history.operations {
        if let Action::Read {
            of, token: None, ..
        } = read.invocation.action
            && let Some(version) = seen(read)
        {
            answered.0 += 1;
            answered.1 += usize::from(placed.get(&of).is_some_and(|written| version < *written));
        }
    }
    answered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Verdict, example};

    /// The first order of the example, read with the token of its placement.
    fn read(completion: impl FnOnce(&Operation) -> Completion) -> History {
        let mut history = example::run().history;
        let mut operation = example::read_with_a_token(&history);
        operation.completion = completion(&operation);
        history.operations.push(operation);
        history
    }

    fn answered(version: Option<i64>, stale: bool) -> History {
        read(|operation| {
            let mut promise = operation.promise().expect("answered").clone();
            (promise.version, promise.stale) = (version, stale);
            Completion::Ok { at_us: 0, promise }
        })
    }

    fn refused(status: u16) -> History {
        read(|_| Completion::Failed {
            at_us: 0,
            status: Some(status),
            why: "unknown-order".into(),
        })
    }

    fn label(history: &History) -> Option<&'static str> {
        check(history).map(|report| report.verdict.label())
    }

    #[test]
    fn the_version_of_the_token_or_a_later_one_is_valid() {
        assert_eq!(label(&answered(Some(2), false)), Some("valid"));
        assert_eq!(label(&answered(Some(3), false)), Some("valid"));
    }

    #[test]
    fn an_older_version_is_invalid_and_named() {
        let report = check(&answered(Some(1), false)).expect("read with a token");
        let Verdict::Invalid(evidence) = report.verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].found, "version 1");
        assert_eq!(label(&answered(None, false)), Some("invalid"));
    }

    #[test]
    fn an_answer_about_another_order_is_invalid() {
        let history = read(|operation| {
            let mut promise = operation.promise().expect("answered").clone();
            promise.version = Some(7);
            promise.order_id = uuid::Uuid::from_u128(7);
            Completion::Ok { at_us: 0, promise }
        });
        assert_eq!(label(&history), Some("invalid"));
    }

    #[test]
    fn an_acknowledged_order_that_is_not_found_is_invalid() {
        assert_eq!(label(&refused(404)), Some("invalid"));
    }

    #[test]
    fn an_answer_that_says_it_is_stale_breaks_nothing_and_proves_nothing() {
        assert_eq!(label(&answered(Some(1), true)), Some("unknown"));
        assert_eq!(label(&refused(503)), Some("unknown"));
    }

    #[test]
    fn reads_without_a_token_are_counted_and_not_judged() {
        let mut history = answered(Some(2), false);
        for completion in [
            answered(Some(1), false),
            refused(404),
            answered(Some(0), false),
        ] {
            let mut plain = completion.operations.last().expect("a read").clone();
            if let Action::Read { token, .. } = &mut plain.invocation.action {
                *token = None;
            }
            history.operations.push(plain);
        }
        let report = check(&history).expect("read with a token");
        assert_eq!(report.verdict, Verdict::Valid);
        let counted = "3 without one, 2 of them behind";
        assert!(report.examined.contains(counted), "{}", report.examined);
    }

    #[test]
    fn without_a_read_with_a_token_there_is_no_claim() {
        assert_eq!(label(&example::run().history), None);
    }
}
