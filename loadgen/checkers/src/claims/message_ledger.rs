//! I13: the books of each queue: what was published to it was processed, died, or is still in it.
//!
//! An entry of `events.log` is a publish that the broker confirmed, and the bindings say which queues it went to. A
//! message that was sent again has the same id and is one message. I12 asks whether each arrived where it should; this
//! says where each is, in numbers: the one place where a message in a queue or a dead letter is as good as one handled.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::closure::{is_event, matches};
use super::dead_letters::dead_queue;
use crate::state::{Binding, DeadLetter, FinalState, Mailbox, QueueDepth};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I13",
    title: "the books of each queue balance",
};

/// Ids shown of a queue whose books do not balance: enough to begin looking.
const IDS_SHOWN: usize = 3;

pub fn check(state: &FinalState) -> Report {
    let mut exam = Examination::of(CLAIM);
    let log = state.log.examine("events.log", &mut exam);
    let bindings = state.bindings.examine("bindings", &mut exam);
    let dead = state.dead_letters.examine("dead-letter queues", &mut exam);
    let depths = state.queue_depths.examine("queue depths", &mut exam);
    if let (Some(log), Some(bindings), Some(dead), Some(depths)) = (log, bindings, dead, depths) {
        let published: BTreeMap<Uuid, &str> = (log.entries.iter())
            .map(|entry| (entry.message_id, entry.routing_key.as_str()))
            .collect();
        let mut total = Books::default();
        for (queue, mailbox) in state.mailboxes() {
            let Some(mailbox) = mailbox else {
                exam.unknown(format!("{queue}: its inbox was not read"));
                continue;
            };
            let Some(depth) = depths.iter().find(|depth| depth.queue == queue) else {
                exam.unknown(format!("{queue}: the broker has no such queue"));
                continue;
            };
            let owed = published_to(queue, &published, bindings);
            let books = Books::of(owed, mailbox, died_in(queue, dead), depth);
            books.balance(queue, &mut exam);
            total.add(books);
        }
        exam.count(total.published, "messages to queues");
        exam.count(total.processed, "processed");
        exam.count(total.dead, "dead-lettered");
        exam.count(total.queued, "still queued");
        let again = log.entries.len() - published.len();
        exam.note(format!("{again} published again"));
    }
    exam.finish()
}

/// The books of one queue, or of all.
#[derive(Default)]
struct Books {
    published: usize,
    processed: usize,
    dead: usize,
    /// Messages that the broker has of it, whoever they are: commands and repetitions are among them.
    queued: usize,
    /// Neither processed nor dead: they must be in the queue.
    open: Vec<Uuid>,
    /// Processed, and published to other queues at most.
    strays: Vec<Uuid>,
}

impl Books {
    fn of(
        owed: BTreeSet<Uuid>,
        mailbox: &Mailbox,
        died: BTreeSet<Uuid>,
        depth: &QueueDepth,
    ) -> Self {
        let events = mailbox.inbox.iter().filter(|(kind, _)| is_event(kind));
        let handled: BTreeSet<Uuid> = events.flat_map(|(_, ids)| ids).copied().collect();
        let open: BTreeSet<Uuid> = owed.difference(&handled).copied().collect();
        Self {
            published: owed.len(),
            processed: handled.len(),
            dead: open.intersection(&died).count(),
            queued: depth.ready.saturating_add(depth.unacknowledged) as usize,
            open: open.difference(&died).copied().collect(),
            strays: handled.difference(&owed).copied().collect(),
        }
    }

    fn balance(&self, queue: &str, exam: &mut Examination) {
        let sum = format!(
            "{} processed + {} dead-lettered + {} still queued",
            self.processed, self.dead, self.queued
        );
        let expected = format!("{} published", self.published);
        if self.open.len() > self.queued {
            let lost = self.open.len() - self.queued;
            let found = format!("{sum}: {lost} are nowhere, of {}", some(&self.open));
            exam.wrong(subject(queue, &self.open), "its books", &expected, found);
        }
        if !self.strays.is_empty() {
            let n = self.strays.len();
            let found = format!(
                "{sum}: {n} of them nobody published, {}",
                some(&self.strays)
            );
            exam.wrong(subject(queue, &self.strays), "its books", &expected, found);
        }
    }

    fn add(&mut self, other: Books) {
        self.published += other.published;
        self.processed += other.processed;
        self.dead += other.dead;
        self.queued = self.queued.saturating_add(other.queued);
    }
}

fn published_to(
    queue: &str,
    published: &BTreeMap<Uuid, &str>,
    bindings: &[Binding],
) -> BTreeSet<Uuid> {
    let of_queue = |binding: &&Binding| binding.queue == queue;
    let heard = |routing_key: &str| {
        let mut patterns = bindings.iter().filter(of_queue);
        patterns.any(|binding| matches(&binding.pattern, routing_key))
    };
    let to_it = published.iter().filter(|(_, key)| heard(key));
    to_it.map(|(id, _)| *id).collect()
}

fn died_in(queue: &str, dead: &[DeadLetter]) -> BTreeSet<Uuid> {
    let name = dead_queue(queue);
    let letters = dead.iter().filter(|letter| letter.queue == name);
    letters
        .filter_map(|letter| letter.message_id.as_deref()?.parse().ok())
        .collect()
}

/// With the first of the messages, by which the order is found.
fn subject(queue: &str, ids: &[Uuid]) -> String {
    match ids.first() {
        Some(id) => format!("queue {queue}, message {id}"),
        None => format!("queue {queue}"),
    }
}

fn some(ids: &[Uuid]) -> String {
    let shown: Vec<String> = ids.iter().take(IDS_SHOWN).map(Uuid::to_string).collect();
    let dots = if ids.len() > IDS_SHOWN { ", ..." } else { "" };
    format!("{}{dots}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Part;
    use crate::{Run, Verdict, example};

    /// A run in which inventory never handled the placement of the first order.
    fn unhandled() -> (Run, Uuid) {
        let mut run = example::run();
        let inbox = &mut example::inventory(&mut run).mailbox.inbox;
        let placed = inbox.get_mut("order.placed").expect("inbox rows");
        let id = placed.remove(0);
        (run, id)
    }

    fn put_into(run: &mut Run, queue: &str, ready: u64, unacknowledged: u64) {
        let depths = example::queue_depths(run);
        let depth = depths.iter_mut().find(|depth| depth.queue == queue);
        let depth = depth.expect("a queue");
        (depth.ready, depth.unacknowledged) = (ready, unacknowledged);
    }

    fn letter(queue: &str, id: Uuid) -> DeadLetter {
        DeadLetter {
            queue: queue.into(),
            message_id: Some(id.to_string()),
            order_id: None,
            kind: None,
            reason: None,
        }
    }

    #[test]
    fn messages_that_were_all_processed_are_valid() {
        let report = check(&example::run().state);
        assert_eq!(report.verdict, Verdict::Valid);
    }

    #[test]
    fn a_message_that_is_nowhere_is_invalid_and_counted_and_named() {
        let (run, id) = unhandled();
        let Verdict::Invalid(evidence) = check(&run.state).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(
            evidence[0].subject,
            format!("queue inventory, message {id}")
        );
        assert_eq!(evidence[0].expected, "2 published");
        let sum = "1 processed + 0 dead-lettered + 0 still queued: 1 are nowhere";
        assert!(evidence[0].found.starts_with(sum), "{}", evidence[0].found);
    }

    #[test]
    fn a_message_that_is_still_in_its_queue_balances_the_books() {
        for (ready, unacknowledged) in [(1, 0), (0, 1)] {
            let (mut run, _) = unhandled();
            put_into(&mut run, "inventory", ready, unacknowledged);
            assert_eq!(check(&run.state).verdict, Verdict::Valid);
        }
        let (mut run, _) = unhandled();
        put_into(&mut run, "orders", 1, 0);
        assert_eq!(check(&run.state).verdict.label(), "invalid", "another's");
    }

    #[test]
    fn a_dead_letter_balances_the_books_of_the_queue_it_died_in() {
        for (queue, verdict) in [("inventory.dead", "valid"), ("orders.dead", "invalid")] {
            let (mut run, id) = unhandled();
            run.state.dead_letters = Part::Read(vec![letter(queue, id)]);
            assert_eq!(check(&run.state).verdict.label(), verdict, "{queue}");
        }
    }

    #[test]
    fn a_message_that_was_published_again_is_one_message() {
        let mut run = example::run();
        let log = &mut example::log(&mut run).entries;
        log.push(log[0].clone());
        let report = check(&run.state);
        assert_eq!(report.verdict, Verdict::Valid);
        assert!(report.examined.contains("1 published again"));
    }

    #[test]
    fn a_message_of_another_queue_that_was_processed_is_invalid() {
        let mut run = example::run();
        let confirmed = "order.confirmed";
        let log = &example::log(&mut run).entries;
        let entry = log.iter().find(|entry| entry.kind == confirmed);
        let id = entry.expect("published").message_id;
        let inbox = &mut example::payments(&mut run).mailbox.inbox;
        inbox.entry(confirmed.into()).or_default().push(id);
        let Verdict::Invalid(evidence) = check(&run.state).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].subject, format!("queue payments, message {id}"));
    }

    #[test]
    fn what_was_not_read_is_unknown() {
        let mut run = example::run();
        run.state.queue_depths = Part::default();
        assert_eq!(check(&run.state).verdict.label(), "unknown");
        let mut run = example::run();
        example::queue_depths(&mut run).pop();
        assert_eq!(check(&run.state).verdict.label(), "unknown");
        assert_eq!(check(&FinalState::default()).verdict.label(), "unknown");
    }
}
