//! I12: nothing waits to be sent, and what was sent arrived at everybody who listens.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::state::{Binding, EventLog, FinalState, Mailbox};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I12",
    title: "every message arrived everywhere",
};

pub fn check(state: &FinalState) -> Report {
    let mut exam = Examination::of(CLAIM);
    for (service, mailbox) in state.mailboxes() {
        let Some(mailbox) = mailbox else {
            exam.unknown(format!("{service}: its inbox and outbox were not read"));
            continue;
        };
        for row in &mailbox.outbox {
            let found = format!("{} after {} attempts", row.kind, row.attempts);
            exam.wrong(
                format!("message {}", row.message_id),
                format!("{service}.outbox"),
                "empty",
                found,
            );
        }
    }
    let log = state.log.examine("events.log", &mut exam);
    let bindings = state.bindings.examine("bindings", &mut exam);
    if let (Some(log), Some(bindings)) = (log, bindings) {
        every_event_arrived(log, bindings, state, &mut exam);
    }
    exam.finish()
}

fn every_event_arrived(
    log: &EventLog,
    bindings: &[Binding],
    state: &FinalState,
    exam: &mut Examination,
) {
    let published: BTreeMap<Uuid, (&str, &str)> = log
        .entries
        .iter()
        .map(|entry| {
            (
                entry.message_id,
                (entry.routing_key.as_str(), entry.kind.as_str()),
            )
        })
        .collect();
    exam.count(published.len(), "published events");
    let mut received = 0;
    for (service, mailbox) in state.mailboxes() {
        let Some(mailbox) = mailbox else { continue };
        let mut inbox = Inbox::of(service, mailbox, exam);
        received += inbox.kinds.len();
        let patterns: Vec<&str> = bindings
            .iter()
            .filter(|binding| binding.queue == service)
            .map(|binding| binding.pattern.as_str())
            .collect();
        if patterns.is_empty() {
            exam.unknown(format!(
                "{service}: no binding to the exchange events was found"
            ));
        }
        for (id, (routing_key, kind)) in &published {
            let heard = patterns.iter().any(|pattern| matches(pattern, routing_key));
            let arrived = inbox.kinds.remove(id).is_some();
            if heard && !arrived {
                let subject = format!("message {id}, {kind}");
                exam.wrong(
                    subject,
                    format!("{service}.inbox"),
                    "exactly one row",
                    "none",
                );
            }
        }
        // Commands go through another exchange: the log is no witness of them.
        for (id, kind) in inbox.kinds {
            if is_event(kind) {
                let subject = format!("message {id}, {kind}");
                exam.wrong(
                    subject,
                    format!("{service}.inbox"),
                    "a published event",
                    "not in events.log",
                );
            }
        }
    }
    exam.count(received, "inbox rows");
}

struct Inbox<'a> {
    kinds: BTreeMap<Uuid, &'a str>,
}

impl<'a> Inbox<'a> {
    fn of(service: &str, mailbox: &'a Mailbox, exam: &mut Examination) -> Self {
        let mut kinds = BTreeMap::new();
        for (kind, ids) in &mailbox.inbox {
            for id in ids {
                if kinds.insert(*id, kind.as_str()).is_some() {
                    let subject = format!("message {id}, {kind}");
                    exam.wrong(
                        subject,
                        format!("{service}.inbox"),
                        "exactly one row",
                        "several",
                    );
                }
            }
        }
        Self { kinds }
    }
}

/// Events are named after what happened to a thing; commands after the participant.
pub fn is_event(kind: &str) -> bool {
    let aggregate = kind.split('.').next().unwrap_or_default();
    matches!(
        aggregate,
        "order" | "sku" | "stock" | "payment" | "shipment"
    )
}

/// The rules of a topic exchange: `*` is one word, `#` any number of them.
pub fn matches(pattern: &str, routing_key: &str) -> bool {
    fn words(pattern: &[&str], key: &[&str]) -> bool {
        match (pattern, key) {
            ([], []) => true,
            (["#", rest @ ..], _) => {
                words(rest, key) || matches!(key, [_, tail @ ..] if words(pattern, tail))
            }
            ([first, rest @ ..], [word, tail @ ..]) => {
                (*first == "*" || first == word) && words(rest, tail)
            }
            ([], [_, ..]) | ([_, ..], []) => false,
        }
    }
    let pattern: Vec<&str> = pattern.split('.').collect();
    let key: Vec<&str> = routing_key.split('.').collect();
    words(&pattern, &key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;
    use crate::state::OutboxRow;

    fn judged(state: &FinalState) -> Verdict {
        check(state).verdict
    }

    #[test]
    fn a_topic_pattern_matches_as_the_broker_does() {
        assert!(matches(
            "stock.reserved.choreography",
            "stock.reserved.choreography"
        ));
        assert!(matches("*.*.orchestration", "stock.reserved.orchestration"));
        assert!(matches("shipment.#", "shipment.arranged.choreography"));
        assert!(matches("#", "sku.priced.none"));
        assert!(matches("shipment.arranged.#", "shipment.arranged"));
        assert!(!matches("*.orchestration", "stock.reserved.orchestration"));
        assert!(!matches("stock.reserved", "stock.reserved.choreography"));
    }

    #[test]
    fn messages_that_arrived_are_valid() {
        assert_eq!(judged(&example::run().state), Verdict::Valid);
    }

    #[test]
    fn a_lost_message_is_named() {
        let mut run = example::run();
        let inbox = &mut example::inventory(&mut run).mailbox.inbox;
        let lost = inbox
            .get_mut("order.placed")
            .and_then(Vec::pop)
            .expect("an inbox row");
        let Verdict::Invalid(evidence) = judged(&run.state) else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].subject, format!("message {lost}, order.placed"));
        assert_eq!(evidence[0].place, "inventory.inbox");
    }

    #[test]
    fn a_message_that_was_never_published_is_invalid() {
        let mut run = example::run();
        let inbox = &mut example::payments(&mut run).mailbox.inbox;
        inbox
            .entry("stock.reserved".into())
            .or_default()
            .push(Uuid::from_u128(0xfade));
        assert_eq!(judged(&run.state).label(), "invalid");
    }

    #[test]
    fn a_row_left_in_an_outbox_is_invalid() {
        let mut run = example::run();
        let row = OutboxRow {
            message_id: Uuid::nil(),
            kind: "order.placed".into(),
            attempts: 9,
        };
        example::orders(&mut run).mailbox.outbox.push(row);
        assert_eq!(judged(&run.state).label(), "invalid");
    }

    #[test]
    fn a_log_that_was_not_read_is_unknown() {
        let mut run = example::run();
        run.state.log = Default::default();
        assert_eq!(judged(&run.state).label(), "unknown");
        assert_eq!(judged(&FinalState::default()).label(), "unknown");
    }

    #[test]
    fn a_command_needs_no_witness_in_the_log_of_events() {
        let mut run = example::run();
        let inbox = &mut example::inventory(&mut run).mailbox.inbox;
        let ids = inbox.entry("inventory.reserve".into()).or_default();
        ids.push(Uuid::from_u128(0xc0de));
        assert_eq!(judged(&run.state), Verdict::Valid);
    }
}
