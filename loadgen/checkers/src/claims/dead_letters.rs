//! I14: what nobody poisoned did not die, and what was poisoned died where it was put, with its reason.

use std::collections::BTreeMap;

use crate::journal::Journal;
use crate::state::{DeadLetter, Part};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I14",
    title: "every dead letter is explained",
};

/// No journal: nobody broke anything. One that could not be read: nobody knows.
pub fn check(dead: &Part<Vec<DeadLetter>>, journal: Option<&Part<Journal>>) -> Report {
    let mut exam = Examination::of(CLAIM);
    let dead = dead.examine("dead-letter queues", &mut exam);
    let journal = match journal {
        Some(journal) => journal.examine("journal", &mut exam),
        None => Some(Journal::unbroken()),
    };
    if let (Some(dead), Some(journal)) = (dead, journal) {
        // They were looked into, whether or not there was a letter in one.
        exam.count(1, "look into the dead-letter queues");
        exam.count(dead.len(), "dead letters");
        let poisoned = journal.poisoned();
        exam.count(poisoned.len(), "poisoned messages");
        for letter in dead {
            explained(letter, &poisoned, &mut exam);
        }
        for (id, queue) in poisoned {
            let place = queue.map_or("dead-letter queues".to_owned(), dead_queue);
            let is_there = |letter: &DeadLetter| {
                letter.message_id.as_deref() == Some(id)
                    && (queue.is_none() || letter.queue == place)
            };
            if !dead.iter().any(is_there) {
                let expected = "a dead letter: it was poisoned";
                exam.wrong(format!("message {id}"), place, expected, "none");
            }
        }
    }
    exam.finish()
}

/// One that the broker gave up after many deliveries was nobody's decision, and says no reason.
fn explained(letter: &DeadLetter, poisoned: &BTreeMap<&str, Option<&str>>, exam: &mut Examination) {
    let id = letter.message_id.as_deref().unwrap_or("without an id");
    let Some(queue) = poisoned.get(id) else {
        let kind = letter.kind.as_deref().unwrap_or("unknown kind");
        let reason = letter.reason.as_deref().unwrap_or("no reason given");
        let found = format!("a dead letter: {reason}");
        let subject = match letter.order_id {
            Some(order_id) => format!("message {id}, {kind} of order {order_id}"),
            None => format!("message {id}, {kind}"),
        };
        return exam.wrong(subject, &letter.queue, "none that nobody poisoned", found);
    };
    let subject = || format!("message {id}");
    if let Some(queue) = queue.map(dead_queue)
        && queue != letter.queue
    {
        let expected = format!("none: it was poisoned for {queue}");
        exam.wrong(subject(), &letter.queue, expected, "a dead letter");
    }
    if letter.reason.is_none() {
        let expected = "a dead letter with its reason";
        exam.wrong(subject(), &letter.queue, expected, "no reason given");
    }
}

/// Where what dies in a queue goes.
pub fn dead_queue(queue: &str) -> String {
    format!("{queue}.dead")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Verdict, example};

    fn letter(reason: Option<&str>) -> DeadLetter {
        DeadLetter {
            queue: "orders.dead".into(),
            message_id: Some("m1".into()),
            order_id: None,
            kind: None,
            reason: reason.map(str::to_owned),
        }
    }

    /// `m1` was poisoned in the queue of orders.
    fn poison() -> Journal {
        let mut journal = example::journal();
        journal.run[0].fault = Some("broker/poison".into());
        journal.run[0].receipts[0].message_id = Some("m1".into());
        journal.run[0].receipts[0].queue = Some("orders".into());
        journal
    }

    fn judged(dead: Vec<DeadLetter>, journal: Journal) -> Verdict {
        check(&Part::Read(dead), Some(&Part::Read(journal))).verdict
    }

    #[test]
    fn empty_queues_are_valid_where_nothing_was_poisoned() {
        assert_eq!(judged(vec![], example::journal()), Verdict::Valid);
        assert_eq!(check(&Part::Read(vec![]), None).verdict, Verdict::Valid);
    }

    #[test]
    fn a_dead_letter_nobody_poisoned_is_invalid_and_named_with_its_order() {
        let order_id = uuid::Uuid::from_u128(1);
        let stray = DeadLetter {
            order_id: Some(order_id),
            ..letter(Some("no type"))
        };
        let verdict = check(&Part::Read(vec![stray]), None).verdict;
        let Verdict::Invalid(evidence) = verdict else {
            panic!("must be invalid")
        };
        let subject = format!("message m1, unknown kind of order {order_id}");
        assert_eq!(evidence[0].subject, subject);
        assert_eq!(evidence[0].place, "orders.dead");
    }

    #[test]
    fn a_poisoned_message_ends_as_a_dead_letter_with_its_reason() {
        let label = |dead| judged(dead, poison()).label();
        assert_eq!(label(vec![letter(Some("no type"))]), "valid");
        assert_eq!(label(vec![letter(None)]), "invalid");
        assert_eq!(label(vec![]), "invalid");
    }

    #[test]
    fn a_poisoned_message_that_died_elsewhere_is_invalid() {
        let elsewhere = DeadLetter {
            queue: "payments.dead".into(),
            ..letter(Some("no type"))
        };
        assert_eq!(judged(vec![elsewhere.clone()], poison()).label(), "invalid");
        let both = vec![letter(Some("no type")), elsewhere.clone()];
        assert_eq!(judged(both, poison()).label(), "invalid");
        let mut anywhere = poison();
        anywhere.run[0].receipts[0].queue = None;
        assert_eq!(judged(vec![elsewhere], anywhere), Verdict::Valid);
    }

    #[test]
    fn queues_or_a_journal_that_were_not_read_are_unknown() {
        assert_eq!(check(&Part::default(), None).verdict.label(), "unknown");
        let unread = check(&Part::Read(vec![letter(None)]), Some(&Part::default()));
        assert_eq!(unread.verdict.label(), "unknown");
    }
}
