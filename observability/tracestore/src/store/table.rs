//! One small entry a trace, in the order in which traces arrived.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::SPANS_PER_TRACE_MAX;
use super::catalogue::ServiceSet;
use super::log::Position;
use crate::ids::TraceId;
use crate::otlp::SpanRef;

/// An entry, its place in the map, and the room both collections keep while they double.
const ENTRY_BYTES: usize = 2 * (size_of::<Entry>() + size_of::<(TraceId, u64)>());

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub trace: TraceId,
    first_segment: u64,
    pub last: Position,
    pub start_ns: u64,
    /// the start of the span that started last: with `start_ns`, the window in which the trace has starts
    pub last_start_ns: u64,
    pub end_ns: u64,
    pub spans: u32,
    pub failed_spans: u32,
    pub services: ServiceSet,
    /// of the first subject seen: 64 bits tell a hundred thousand traces apart
    pub subject_hash: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Table {
    entries: VecDeque<Entry>,
    /// the number of the first entry
    first: u64,
    numbers: HashMap<TraceId, u64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Forgotten {
    pub traces: u64,
    pub spans: u64,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.entries.len() * ENTRY_BYTES
    }

    pub(super) fn get(&self, trace: TraceId) -> Option<&Entry> {
        let at = self.numbers.get(&trace)?.checked_sub(self.first)?;
        self.entries.get(usize::try_from(at).ok()?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(super) fn is_full(&self, trace: TraceId) -> bool {
        self.get(trace)
            .is_some_and(|entry| entry.spans >= SPANS_PER_TRACE_MAX)
    }

    pub(super) fn last_record(&self, trace: TraceId) -> Option<Position> {
        self.get(trace).map(|entry| entry.last)
    }

    pub(super) fn add(&mut self, span: &SpanRef<'_>, services: ServiceSet, position: Position) {
        let next = self.first + self.entries.len() as u64;
        let number = *self.numbers.entry(span.trace).or_insert(next);
        if number == next {
            self.entries.push_back(Entry::begin(span, position));
        }
        let at = usize::try_from(number - self.first).unwrap_or(usize::MAX);
        if let Some(entry) = self.entries.get_mut(at) {
            entry.add(span, services, position);
        }
    }

    /// Forgets the traces that began in a segment before `segment`.
    pub(super) fn forget_before(&mut self, segment: u64) -> Forgotten {
        let mut gone = Forgotten::default();
        while let Some(entry) = self
            .entries
            .pop_front_if(|entry| entry.first_segment < segment)
        {
            self.numbers.remove(&entry.trace);
            self.first += 1;
            gone.traces += 1;
            gone.spans += u64::from(entry.spans);
        }
        gone
    }
}

impl Entry {
    fn begin(span: &SpanRef<'_>, position: Position) -> Self {
        Self {
            trace: span.trace,
            first_segment: position.segment,
            last: position,
            start_ns: span.start_ns,
            last_start_ns: span.start_ns,
            end_ns: span.end_ns,
            spans: 0,
            failed_spans: 0,
            services: ServiceSet::default(),
            subject_hash: None,
        }
    }

    fn add(&mut self, span: &SpanRef<'_>, services: ServiceSet, position: Position) {
        self.last = position;
        self.start_ns = self.start_ns.min(span.start_ns);
        self.last_start_ns = self.last_start_ns.max(span.start_ns);
        self.end_ns = self.end_ns.max(span.end_ns);
        self.spans += 1;
        self.failed_spans += u32::from(span.failed);
        self.services.add(services);
        if self.subject_hash.is_none() {
            self.subject_hash = span.subject.map(subject_hash);
        }
    }
}

pub(super) fn subject_hash(subject: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    subject.hash(&mut hasher);
    hasher.finish()
}
