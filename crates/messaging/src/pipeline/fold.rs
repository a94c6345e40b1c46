//! Decide and evolve over a batch, in memory.

use super::caught;
use crate::{
    envelope::Envelope,
    store::{OutboxRow, lease_ms},
    topology::{COMMANDS, EVENTS},
};
use bytes::Bytes;
use decider::{Coordination, Destination, Outgoing, Participant};
use std::collections::HashSet;
use telemetry::TraceContext;
use uuid::Uuid;

/// What an item of a batch asks, and what its messages inherit.
pub(super) struct Ask<'a, P: Participant> {
    pub(super) commands: &'a [P::Command],
    /// A refusal of a caller's command is an answer; of a message's, a broken invariant.
    pub(super) may_be_refused: bool,
    pub(super) cause: Cause,
}

/// Where the messages of an item come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Cause {
    pub(super) message_id: Option<Uuid>,
    pub(super) coordination: Option<Coordination>,
    pub(super) trace: Option<TraceContext>,
}

/// The batch, decided.
pub(super) struct Folded<P: Participant> {
    pub(super) state: P::State,
    /// One an item.
    pub(super) answers: Vec<Result<Vec<P::Event>, P::Rejection>>,
    pub(super) rows: Vec<OutboxRow>,
}

/// `Err`: an item that breaks the batch, in words.
pub(super) fn fold<P: Participant>(
    state: P::State,
    asks: &[Ask<'_, P>],
    now_ms: i64,
) -> Result<Folded<P>, String> {
    caught(|| fold_all(state, asks, now_ms))?
}

fn fold_all<P: Participant>(
    mut state: P::State,
    asks: &[Ask<'_, P>],
    now_ms: i64,
) -> Result<Folded<P>, String> {
    let mut answers = Vec::with_capacity(asks.len());
    let mut rows: Vec<OutboxRow> = Vec::new();
    let mut said = HashSet::new();
    for ask in asks {
        let mut events = Vec::new();
        let mut refusal = None;
        for command in ask.commands {
            match P::decide(&state, command) {
                Ok(decided) => {
                    state = decided.iter().fold(state, P::evolve);
                    events.extend(decided);
                }
                Err(rejection) if ask.may_be_refused => refusal = Some(rejection),
                Err(rejection) => return Err(format!("rejected: {rejection}")),
            }
        }
        for message in events.iter().flat_map(P::messages_of) {
            if said.insert(message.id()) {
                rows.push(row(&message, &ask.cause, now_ms));
            }
        }
        answers.push(match refusal {
            Some(rejection) => Err(rejection),
            None => Ok(events),
        });
    }
    Ok(Folded {
        state,
        answers,
        rows,
    })
}

fn row(message: &impl Outgoing, cause: &Cause, now_ms: i64) -> OutboxRow {
    let coordination = message.coordination().or(cause.coordination);
    let kind = message.kind();
    let (exchange, routing_key) = match message.destination() {
        Destination::Events => {
            let word = coordination.map_or("none", Coordination::as_str);
            (EVENTS, format!("{kind}.{word}"))
        }
        Destination::Command(queue) => (COMMANDS, queue.to_owned()),
    };
    OutboxRow {
        exchange: exchange.into(),
        routing_key,
        envelope: Envelope {
            id: message.id(),
            kind: kind.into(),
            version: message.version(),
            correlation_id: message.correlation_id(),
            causation_id: cause.message_id,
            coordination,
            trace: cause.trace.clone(),
            occurred_at_ms: now_ms,
            body: Bytes::from(message.encode()),
        },
        attempts: 0,
        // The hot path publishes at once; until then the relay leaves it alone.
        next_attempt_at_ms: now_ms + lease_ms(0),
    }
}
