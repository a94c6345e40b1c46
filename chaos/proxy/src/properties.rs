//! What a content header says of its message, read when somebody asks.

use crate::frame::{Fields, Value, find};
use std::borrow::Cow;

/// Positions of the property flags, in the order that the properties stand in.
const HEADERS: u32 = 13;
const MESSAGE_ID: u32 = 7;

/// The message id, if the content header has one that can be read.
pub fn message_id(header: &[u8]) -> Option<&[u8]> {
    at(header, MESSAGE_ID)?.short_string()
}

/// The value of one of the message's `headers`, as text.
pub fn header<'a>(header: &'a [u8], name: &[u8]) -> Option<Cow<'a, [u8]>> {
    let headers = at(header, HEADERS)?.long_string()?;
    find(headers, name).and_then(Value::text)
}

/// The trace that a message belongs to, out of its W3C `traceparent`.
pub fn trace_id(content: &[u8]) -> Option<String> {
    let parent = header(content, b"traceparent")?;
    let mut parts = parent.split(|octet| *octet == b'-');
    let hex = |part: Option<&[u8]>, digits: usize| {
        let part = std::str::from_utf8(part?).ok()?;
        let is_hex = part.len() == digits && part.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_hex.then(|| part.to_owned())
    };
    let _version = hex(parts.next(), 2)?;
    let trace_id = hex(parts.next(), 32)?;
    let _span_and_flags = (hex(parts.next(), 16)?, hex(parts.next(), 2)?);
    Some(trace_id)
}

/// What is left of the content header where this property begins, if it is there.
fn at(header: &[u8], property: u32) -> Option<Fields<'_>> {
    const MORE_FLAGS: u16 = 1;
    let mut fields = Fields::new(header);
    fields.short()?;
    fields.short()?;
    fields.long_long()?;
    let flags = fields.short()?;
    let mut more = flags;
    while more & MORE_FLAGS != 0 {
        more = fields.short()?;
    }
    let has = |bit: u32| flags >> bit & 1 == 1;
    // In the order of the specification, from the highest bit down.
    for (bit, kind) in [
        (15, Kind::ShortString), // content type
        (14, Kind::ShortString), // content encoding
        (HEADERS, Kind::Table),
        (12, Kind::Octet),       // delivery mode
        (11, Kind::Octet),       // priority
        (10, Kind::ShortString), // correlation id
        (9, Kind::ShortString),  // reply to
        (8, Kind::ShortString),  // expiration
    ] {
        if bit == property {
            break;
        }
        if has(bit) {
            match kind {
                Kind::ShortString => drop(fields.short_string()?),
                Kind::Table => drop(fields.long_string()?),
                Kind::Octet => drop(fields.octet()?),
            }
        }
    }
    has(property).then_some(fields)
}

enum Kind {
    ShortString,
    Table,
    Octet,
}
