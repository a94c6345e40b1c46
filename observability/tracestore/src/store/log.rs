//! The log: sealed segments, oldest first, and the open one.

use std::collections::VecDeque;

use super::reader::Reader;
use super::record::{Head, write_origin, write_span};
use super::segment::{OpenSegment, SEGMENT_BYTES};
use crate::otlp::{OriginRef, SpanRef};

/// Origins remembered while a segment is written. A system of ten services of two instances has about forty;
/// with more, one is written again now and then.
const ORIGINS_MAX: usize = 64;

/// Where a record begins. Segments are numbered from the start of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub segment: u64,
    pub offset: u32,
}

#[derive(Debug)]
struct Sealed {
    bytes: Box<[u8]>,
    base_ns: u64,
}

#[derive(Debug)]
pub(super) struct Log {
    sealed: VecDeque<Sealed>,
    sealed_bytes: usize,
    /// the number of the first sealed segment
    first: u64,
    open: OpenSegment,
    /// the start of the first span of the open segment: the others are near
    base_ns: u64,
    origins: Vec<(OwnedOrigin, u32)>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            sealed: VecDeque::new(),
            sealed_bytes: 0,
            first: 0,
            open: OpenSegment::new(),
            base_ns: 0,
            origins: Vec::new(),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.sealed_bytes + self.open.capacity()
    }

    /// Begins a new segment when the open one has reached its size; says whether it did.
    pub(super) fn seal_when_full(&mut self) -> bool {
        if self.open.bytes.len() < SEGMENT_BYTES {
            return false;
        }
        let bytes = self.open.seal();
        self.sealed_bytes += bytes.len();
        self.sealed.push_back(Sealed {
            bytes,
            base_ns: self.base_ns,
        });
        self.origins.clear();
        true
    }

    /// Drops the oldest sealed segment; says which is the oldest now.
    pub(super) fn evict_oldest(&mut self) -> Option<u64> {
        let evicted = self.sealed.pop_front()?;
        self.sealed_bytes -= evicted.bytes.len();
        self.first += 1;
        Some(self.first)
    }

    pub(super) fn write(
        &mut self,
        origin: &OriginRef<'_>,
        span: &SpanRef<'_>,
        previous: Option<Position>,
    ) -> Position {
        if self.open.bytes.is_empty() {
            self.base_ns = span.start_ns;
        }
        let origin = self.origin(origin);
        let here = Position {
            segment: self.open_number(),
            offset: self.open.bytes.len() as u32,
        };
        write_span(&mut self.open, span, origin, self.base_ns, here, previous);
        here
    }

    fn origin(&mut self, origin: &OriginRef<'_>) -> u32 {
        // the newest first: a batch has one origin for many spans
        let known = self
            .origins
            .iter()
            .rev()
            .find(|(known, _)| known.is(origin));
        if let Some((_, offset)) = known {
            return *offset;
        }
        if self.origins.len() == ORIGINS_MAX {
            self.origins.clear();
        }
        let offset = self.open.bytes.len() as u32;
        write_origin(&mut self.open, origin);
        self.origins.push((OwnedOrigin::from(origin), offset));
        offset
    }

    fn open_number(&self) -> u64 {
        self.first + self.sealed.len() as u64
    }

    /// The record at a position, as long as its segment is kept.
    pub(super) fn head(&self, here: Position) -> Option<Head<'_>> {
        let (bytes, base_ns) = self.segment(here.segment)?;
        Head::read(Reader::at(bytes, here.offset), base_ns, here)
    }

    pub(super) fn segment(&self, number: u64) -> Option<(&[u8], u64)> {
        if number == self.open_number() {
            return Some((&self.open.bytes, self.base_ns));
        }
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.sealed
            .get(at)
            .map(|sealed| (&*sealed.bytes, sealed.base_ns))
    }

    /// The records of one trace from its last one back to its first.
    pub(super) fn chain(&self, last: Position) -> impl Iterator<Item = (Position, Head<'_>)> {
        let mut next = Some(last);
        std::iter::from_fn(move || {
            let here = next?;
            let head = self.head(here)?;
            next = head.previous;
            Some((here, head))
        })
    }
}

#[derive(Debug)]
struct OwnedOrigin {
    resource: Box<[u8]>,
    resource_schema: Box<str>,
    scope: Box<[u8]>,
    scope_schema: Box<str>,
}

impl OwnedOrigin {
    fn is(&self, origin: &OriginRef<'_>) -> bool {
        *self.resource == *origin.resource
            && *self.scope == *origin.scope
            && *self.resource_schema == *origin.resource_schema
            && *self.scope_schema == *origin.scope_schema
    }
}

impl From<&OriginRef<'_>> for OwnedOrigin {
    fn from(origin: &OriginRef<'_>) -> Self {
        Self {
            resource: origin.resource.into(),
            resource_schema: origin.resource_schema.into(),
            scope: origin.scope.into(),
            scope_schema: origin.scope_schema.into(),
        }
    }
}
