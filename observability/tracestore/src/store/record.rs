//! A span and its origin as records of a segment.
//!
//! ```text
//!   origin := text service, message resource, text schema, message scope, text schema
//!   span   := byte flags, previous record?, varint origin's offset, span id, parent id?, text name,
//!             start (difference to the segment's base), duration, message the rest
//! ```
//! What a search asks for stands first, so that it never walks attributes.

use super::codec::write_message;
use super::log::Position;
use super::reader::{Reader, Text};
use super::segment::OpenSegment;
use crate::ids::SpanId;
use crate::otlp::schema::{RESOURCE, SCOPE, SPAN};
use crate::otlp::{OriginRef, SpanRef};

const KIND: u8 = 0b0000_0111;
const HAS_PARENT: u8 = 0b0000_1000;
const FAILED: u8 = 0b0001_0000;
const HAS_PREVIOUS: u8 = 0b0010_0000;

/// Fields of `Span` that the head of the record has: ids, name, kind, times.
const IN_HEAD: u32 = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8;

impl OriginRef<'_> {
    pub(super) fn bytes(&self) -> usize {
        self.resource.len()
            + self.resource_schema.len()
            + self.scope.len()
            + self.scope_schema.len()
    }
}

pub(super) fn write_origin(out: &mut OpenSegment, origin: &OriginRef<'_>) {
    out.text(origin.service.as_bytes());
    write_message(out, &RESOURCE, origin.resource, 0, 0);
    out.text(origin.resource_schema.as_bytes());
    write_message(out, &SCOPE, origin.scope, 0, 0);
    out.text(origin.scope_schema.as_bytes());
}

/// `here` is where this record begins.
pub(super) fn write_span(
    out: &mut OpenSegment,
    span: &SpanRef<'_>,
    origin: u32,
    base_ns: u64,
    here: Position,
    previous: Option<Position>,
) {
    let mut flags = span.kind & KIND;
    flags |= if span.parent.is_some() { HAS_PARENT } else { 0 };
    flags |= if span.failed { FAILED } else { 0 };
    flags |= if previous.is_some() { HAS_PREVIOUS } else { 0 };
    out.bytes.push(flags);
    if let Some(previous) = previous {
        let segments_back = here.segment.saturating_sub(previous.segment);
        out.varint(segments_back);
        // in the same segment the way back is shorter than the way from the front
        let same = u64::from(here.offset.saturating_sub(previous.offset));
        out.varint(if segments_back == 0 {
            same
        } else {
            u64::from(previous.offset)
        });
    }
    out.varint(u64::from(origin));
    out.bytes.extend_from_slice(&span.span.0);
    if let Some(parent) = span.parent {
        out.bytes.extend_from_slice(&parent.0);
    }
    out.text(span.name.as_bytes());
    out.difference(span.start_ns, base_ns);
    out.difference(span.end_ns, span.start_ns);
    write_message(out, &SPAN, span.body, base_ns, IN_HEAD);
}

/// The head of a span's record, and where the rest of it can be read.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub previous: Option<Position>,
    pub origin: u32,
    pub span: SpanId,
    pub parent: Option<SpanId>,
    pub name: Text<'a>,
    pub kind: u8,
    pub start_ns: u64,
    pub end_ns: u64,
    pub rest: Reader<'a>,
}

impl<'a> Head<'a> {
    pub(super) fn read(mut from: Reader<'a>, base_ns: u64, here: Position) -> Option<Self> {
        let flags = from.byte()?;
        let previous = if flags & HAS_PREVIOUS != 0 {
            Some(read_previous(&mut from, here)?)
        } else {
            None
        };
        let origin = u32::try_from(from.varint()?).ok()?;
        let span = SpanId(from.array()?);
        let parent = if flags & HAS_PARENT != 0 {
            Some(SpanId(from.array()?))
        } else {
            None
        };
        let name = from.text()?;
        let start_ns = from.difference(base_ns)?;
        let end_ns = from.difference(start_ns)?;
        Some(Self {
            previous,
            origin,
            span,
            parent,
            name,
            kind: flags & KIND,
            start_ns,
            end_ns,
            rest: from,
        })
    }

    pub(super) fn service(&self) -> Option<Text<'a>> {
        self.rest.elsewhere(self.origin).text()
    }

    /// Nanoseconds; a span that ends before it starts took none.
    pub(super) fn duration_ns(&self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

fn read_previous(from: &mut Reader<'_>, here: Position) -> Option<Position> {
    let segments_back = from.varint()?;
    let offset = u32::try_from(from.varint()?).ok()?;
    Some(match segments_back {
        0 => Position {
            segment: here.segment,
            offset: here.offset.checked_sub(offset)?,
        },
        _ => Position {
            segment: here.segment.checked_sub(segments_back)?,
            offset,
        },
    })
}
