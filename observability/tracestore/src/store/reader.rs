//! Reads a segment, sealed or open.

use std::borrow::Cow;

use uuid::Uuid;

use crate::otlp::varint_from;

/// Only the usual spelling, because that is the one a reader gets back.
pub(super) fn parse_uuid(text: &[u8]) -> Option<Uuid> {
    if text.len() != 36 {
        return None;
    }
    let uuid = Uuid::try_parse_ascii(text).ok()?;
    let mut spelling = Uuid::encode_buffer();
    (uuid.hyphenated().encode_lower(&mut spelling).as_bytes() == text).then_some(uuid)
}

/// A text of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text<'a> {
    Plain(&'a str),
    Uuid(Uuid),
}

impl<'a> Text<'a> {
    pub(super) fn into_str(self) -> Cow<'a, str> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            Self::Uuid(uuid) => Cow::Owned(uuid.to_string()),
        }
    }

    pub(super) fn is(&self, text: &str) -> bool {
        match self {
            Self::Plain(held) => *held == text,
            Self::Uuid(uuid) => parse_uuid(text.as_bytes()) == Some(*uuid),
        }
    }
}

/// Reads a segment, sealed or open. `None` means past the end; a record that was written has all its parts.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    segment: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn at(segment: &'a [u8], offset: u32) -> Self {
        Self {
            segment,
            rest: segment.get(offset as usize..).unwrap_or(&[]),
        }
    }

    pub(super) fn elsewhere(&self, offset: u32) -> Self {
        Self::at(self.segment, offset)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(super) fn varint(&mut self) -> Option<u64> {
        varint_from(&mut self.rest).ok()
    }

    pub(super) fn difference(&mut self, base: u64) -> Option<u64> {
        let folded = self.varint()?;
        Some(base.wrapping_add((folded >> 1) ^ (folded & 1).wrapping_neg()))
    }

    pub(super) fn text(&mut self) -> Option<Text<'a>> {
        let head = self.varint()?;
        if head & 1 == 1 {
            return self.elsewhere(u32::try_from(head >> 1).ok()?).literal();
        }
        self.literal_of(head)
    }

    /// A literal and no reference: references cannot lead in circles.
    fn literal(mut self) -> Option<Text<'a>> {
        let head = self.varint()?;
        if head & 1 == 1 {
            return None;
        }
        self.literal_of(head)
    }

    fn literal_of(&mut self, head: u64) -> Option<Text<'a>> {
        match (head >> 1).checked_sub(1) {
            None => self
                .array()
                .map(|bytes| Text::Uuid(Uuid::from_bytes(bytes))),
            Some(length) => {
                let bytes = self.take(usize::try_from(length).ok()?)?;
                std::str::from_utf8(bytes).ok().map(Text::Plain)
            }
        }
    }
}
