//! I10: a read with a consistency token shows what the token was given for, or says that it cannot yet.

use crate::history::{Action, Completion, History};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I10",
    title: "reads with a token saw their writes",
};

/// The order was acknowledged before it was read: "there is none" is a lie. "Not yet" is another status.
const NOT_FOUND: u16 = 404;

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
                let seen = promise.version;
                if seen.is_none_or(|version| version < token) {
                    let found = seen.map_or("no version".to_owned(), |v| format!("version {v}"));
                    exam.wrong(subject(), "the answer", "this version or a later", found);
                }
            }
            Completion::Failed {
                status: Some(NOT_FOUND),
                why,
                ..
            } => exam.wrong(subject(), "the answer", "the order, or not yet", why),
            Completion::Failed { .. } | Completion::Unknown { .. } => {}
        }
    }
    exam.count(fresh, "reads with a token");
    exam.note(format!("{stale} said that they were stale"));
    (reads > 0).then(|| exam.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Verdict, example, history::Operation};

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
    fn an_acknowledged_order_that_is_not_found_is_invalid() {
        assert_eq!(label(&refused(404)), Some("invalid"));
    }

    #[test]
    fn an_answer_that_says_it_is_stale_breaks_nothing_and_proves_nothing() {
        assert_eq!(label(&answered(Some(1), true)), Some("unknown"));
        assert_eq!(label(&refused(503)), Some("unknown"));
    }

    #[test]
    fn without_a_read_with_a_token_there_is_no_claim() {
        assert_eq!(label(&example::run().history), None);
    }
}
