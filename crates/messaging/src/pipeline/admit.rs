//! Which items of a batch are new: the inbox.

use super::{
    batch::{Attempt, Item, Origin},
    fold::Cause,
    spans,
};
use crate::store::{InboxRow, Transaction};
use decider::Participant;
use std::collections::{HashMap, HashSet};
use telemetry::WorkSpan;

/// Which items are new, by the inbox; `None` for those that were handled before.
pub(super) async fn admit<P: Participant, T: Transaction<P>>(
    tx: &mut T,
    items: &[Item<P>],
    spans: &mut Vec<WorkSpan>,
    now_ms: i64,
) -> Result<Vec<Option<Cause>>, Attempt> {
    let messages = items.iter().filter_map(|item| match &item.origin {
        Origin::Message { envelope, .. } => Some(envelope.id),
        Origin::Caller { .. } => None,
    });
    let ids: Vec<_> = messages.collect();
    // Looked up first, so that a duplicate opens no span of work that is not done.
    let mut known: HashMap<_, _> = match ids.is_empty() {
        true => HashMap::new(),
        false => tx.inbox_find(&ids).await?.into_iter().collect(),
    };
    let mut causes = Vec::with_capacity(items.len());
    let mut rows = Vec::with_capacity(ids.len());
    for item in items {
        causes.push(match &item.origin {
            Origin::Caller { trace } => Some(Cause {
                trace: trace.clone(),
                ..Cause::default()
            }),
            Origin::Message {
                envelope,
                redelivered,
            } => {
                if let Some(attempt) = known.get(&envelope.id) {
                    spans::duplicate(envelope, *redelivered, attempt.as_deref());
                    None
                } else {
                    let span = spans::process(envelope, *redelivered);
                    let trace = span.context().or_else(|| envelope.trace.clone());
                    spans.push(span);
                    let traceparent = trace.as_ref().map(|trace| trace.traceparent.clone());
                    // A second copy in the same batch is a duplicate of the first.
                    known.insert(envelope.id, traceparent.clone());
                    rows.push(InboxRow {
                        message_id: envelope.id,
                        kind: envelope.kind.clone().into_owned(),
                        received_at_ms: now_ms,
                        traceparent,
                    });
                    Some(Cause {
                        message_id: Some(envelope.id),
                        coordination: envelope.coordination,
                        trace,
                    })
                }
            }
        });
    }
    if !rows.is_empty() {
        let fresh = tx.inbox_insert(&rows).await?;
        outrun(&mut causes, &fresh);
    }
    Ok(causes)
}

/// Another instance handled the same message between our look and our insert.
fn outrun(causes: &mut [Option<Cause>], fresh: &HashSet<uuid::Uuid>) {
    for slot in causes {
        let id = slot.as_ref().and_then(|cause| cause.message_id);
        if id.is_some_and(|id| !fresh.contains(&id)) {
            *slot = None;
        }
    }
}
