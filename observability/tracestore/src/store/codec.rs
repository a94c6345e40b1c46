//! A checked protobuf message in compact form: the tables of [`crate::otlp`] walked once, into a segment.
//!
//! ```text
//!   message := field* with the last one marked, or one zero byte when it has none
//!   field   := byte(number << 1 | last), value
//! ```
//! Lossless for every field the tables know; times become differences to a base.

use super::segment::OpenSegment;
use crate::otlp::schema::{Kind, Message};
use crate::otlp::{Fields, Payload};

/// Appends `body`, without the fields whose numbers are bits of `left_out`. What is not in the table, or not
/// as the table says, is passed over: [`crate::otlp::parse`] has let none of it through.
pub(super) fn write_message(
    out: &mut OpenSegment,
    message: &'static Message,
    body: &[u8],
    base_ns: u64,
    left_out: u32,
) {
    let mut last = None;
    for field in Fields::of(body).map_while(Result::ok) {
        let Some(spec) = message.field(field.number) else {
            continue;
        };
        if left_out & (1 << spec.number) != 0 {
            continue;
        }
        let at = out.bytes.len();
        out.bytes.push(spec.number << 1);
        match (spec.kind, field.payload) {
            (Kind::Text, Payload::Bytes(text)) => out.text(text),
            (Kind::Bytes | Kind::Id, Payload::Bytes(bytes)) => {
                out.varint(bytes.len() as u64);
                out.bytes.extend_from_slice(bytes);
            }
            (
                Kind::Bool | Kind::Enum | Kind::Number32 | Kind::Number64,
                Payload::Varint(number),
            ) => out.varint(number),
            (Kind::Double, Payload::Fixed64(bits)) => {
                out.bytes.extend_from_slice(&bits.to_le_bytes())
            }
            (Kind::UnixNano, Payload::Fixed64(nanos)) => out.difference(nanos, base_ns),
            (Kind::Flags, Payload::Fixed32(flags)) => out.varint(u64::from(flags)),
            (Kind::Message(inner), Payload::Bytes(body)) => {
                write_message(out, inner, body, base_ns, 0)
            }
            _ => {
                out.bytes.truncate(at);
                continue;
            }
        }
        last = Some(at);
    }
    match last.and_then(|at| out.bytes.get_mut(at)) {
        Some(field) => *field |= 1,
        None => out.bytes.push(0),
    }
}
