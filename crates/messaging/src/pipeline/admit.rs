//! Which items of a batch are new: the inbox.

use super::{
    batch::{Attempt, Item, Origin},
    fold::Cause,
    spans,
};
use crate::{
    envelope::Envelope,
    store::{InboxRow, Transaction},
};
use decider::Participant;
use std::collections::HashMap;
use telemetry::WorkSpan;
use uuid::Uuid;

/// A message that is to be told apart from those handled before.
struct Newcomer<'a> {
    /// Its item's place in the batch.
    place: usize,
    envelope: &'a Envelope,
    span: WorkSpan,
    cause: Cause,
}

/// Which items are new, by the inbox; `None` for those that were handled before.
pub(super) async fn admit<P: Participant, T: Transaction<P>>(
    tx: &mut T,
    items: &[Item<P>],
    spans: &mut Vec<WorkSpan>,
    now_ms: i64,
) -> Result<Vec<Option<Cause>>, Attempt> {
    let mut causes = vec![None; items.len()];
    let mut newcomers = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        match &item.origin {
            Origin::Caller { trace } => {
                causes[place] = Some(Cause {
                    trace: trace.clone(),
                    ..Cause::default()
                });
            }
            Origin::Message {
                envelope,
                redelivered,
            } => newcomers.push(newcomer(place, envelope, *redelivered)),
        }
    }
    if newcomers.is_empty() {
        return Ok(causes);
    }
    let rows: Vec<_> = newcomers.iter().map(|one| row(one, now_ms)).collect();
    let mut fresh = match tx.inbox_insert(&rows).await {
        Ok(fresh) => fresh,
        Err(error) => {
            // Theirs is the failure to tell.
            spans.extend(newcomers.into_iter().map(|one| one.span));
            return Err(error.into());
        }
    };
    let mut duplicates = Vec::new();
    for one in newcomers {
        // Once: a second copy in the same batch is a duplicate of the first.
        if fresh.remove(&one.envelope.id) {
            causes[one.place] = Some(one.cause);
            spans.push(one.span);
        } else {
            duplicates.push(one);
        }
    }
    if !duplicates.is_empty() {
        let ids: Vec<Uuid> = duplicates.iter().map(|one| one.envelope.id).collect();
        let attempts: HashMap<_, _> = tx.inbox_find(&ids).await?.into_iter().collect();
        for one in duplicates {
            let attempt = attempts.get(&one.envelope.id).and_then(Option::as_deref);
            spans::duplicate(one.span, one.envelope, attempt);
        }
    }
    Ok(causes)
}

fn newcomer(place: usize, envelope: &Envelope, redelivered: bool) -> Newcomer<'_> {
    let span = spans::process(envelope, redelivered);
    let trace = span.context().or_else(|| envelope.trace.clone());
    let cause = Cause {
        message_id: Some(envelope.id),
        coordination: envelope.coordination,
        trace,
    };
    Newcomer {
        place,
        envelope,
        span,
        cause,
    }
}

fn row(one: &Newcomer<'_>, now_ms: i64) -> InboxRow {
    let trace = one.cause.trace.as_ref();
    InboxRow {
        message_id: one.envelope.id,
        kind: one.envelope.kind.clone().into_owned(),
        received_at_ms: now_ms,
        traceparent: trace.map(|trace| trace.traceparent.clone()),
    }
}
