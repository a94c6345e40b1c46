//! Search over the table, then over the spans of what may match.
//!
//! There is no index by service: an entry says in one word which services a trace may have, and a hundred
//! thousand entries are passed over faster than an index of them would be kept up to date.

use std::collections::BinaryHeap;

use super::table::{Entry, subject_hash};
use super::{Store, Summary};
use crate::ids::TraceId;

/// What a trace must have: one span that is all of this (but for the subject). Bounds are inclusive.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    pub service: Option<&'a str>,
    pub operation: Option<&'a str>,
    /// value of [`SUBJECT_ATTRIBUTE`](crate::otlp::SUBJECT_ATTRIBUTE) in any span of the trace
    pub subject: Option<&'a str>,
    pub start_min_ns: u64,
    pub start_max_ns: u64,
    pub duration_min_ns: u64,
    pub duration_max_ns: u64,
    pub limit: usize,
}

impl Query<'_> {
    /// The newest traces, whatever they are.
    pub fn newest(limit: usize) -> Self {
        Self {
            service: None,
            operation: None,
            subject: None,
            start_min_ns: 0,
            start_max_ns: u64::MAX,
            duration_min_ns: 0,
            duration_max_ns: u64::MAX,
            limit,
        }
    }
}

pub(super) fn find(store: &Store, query: &Query<'_>) -> Vec<TraceId> {
    let services = query
        .service
        .map(|service| store.catalogue.service_set(service));
    let subject = query.subject.map(subject_hash);
    let may_match = |entry: &&Entry| {
        services.is_none_or(|services| entry.services.may_contain(services))
            && subject.is_none_or(|subject| entry.subject_hash == Some(subject))
            && entry.start_ns <= query.start_max_ns
            && entry.last_start_ns >= query.start_min_ns
    };
    // a heap gives the newest without sorting the rest
    let candidates = store
        .table
        .iter()
        .filter(may_match)
        .map(|entry| (entry.start_ns, entry.trace));
    let mut candidates: BinaryHeap<_> = candidates.collect();
    std::iter::from_fn(|| candidates.pop())
        .map(|(_, trace)| trace)
        .filter(|trace| {
            store
                .table
                .get(*trace)
                .is_some_and(|entry| matches(store, entry, query))
        })
        .take(query.limit)
        .collect()
}

fn matches(store: &Store, entry: &Entry, query: &Query<'_>) -> bool {
    store.log.chain(entry.last).any(|(_, head)| {
        (query.start_min_ns..=query.start_max_ns).contains(&head.start_ns)
            && (query.duration_min_ns..=query.duration_max_ns).contains(&head.duration_ns())
            && query
                .operation
                .is_none_or(|operation| head.name.is(operation))
            && query
                .service
                .is_none_or(|service| head.service().is_some_and(|held| held.is(service)))
    })
}

pub(super) fn summary(store: &Store, trace: TraceId) -> Option<Summary> {
    let entry = store.table.get(trace)?;
    let (_, first) = store
        .log
        .chain(entry.last)
        .min_by_key(|(_, head)| (head.parent.is_some(), head.start_ns))?;
    Some(Summary {
        trace,
        service: first.service()?.into_str().into_owned(),
        operation: first.name.into_str().into_owned(),
        start_ns: entry.start_ns,
        duration_ns: entry.end_ns.saturating_sub(entry.start_ns),
        spans: entry.spans,
        failed_spans: entry.failed_spans,
    })
}
