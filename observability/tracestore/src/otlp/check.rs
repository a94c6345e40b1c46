//! The check of a whole message against its table, before any of it is kept.
//!
//! What passes can be compacted and shown without a failure case. Stricter than protobuf in two points
//! that no encoder in use touches: the values of a field come together, and a field that is not repeated
//! comes once. JSON could not show the difference, and hostile input does not get to choose it.

use super::fields::{Fields, Payload};
use super::schema::{FieldSpec, Kind, Message};

/// Messages in messages. An attribute whose value is an array uses four, each further array two more;
/// 32 is far above what instrumentation writes and far below any stack.
const DEPTH_MAX: usize = 32;

/// Why bytes are not the OTLP they claim to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the body ends inside a field: send the whole protobuf message")]
    Truncated,
    #[error("a varint is longer than 64 bits")]
    Varint,
    #[error("a field tag that protobuf does not have: is the body really OTLP protobuf?")]
    Tag,
    #[error("{0}.{1} has the wrong wire type: is the body really OTLP protobuf?")]
    WireType(&'static str, &'static str),
    #[error("{0}.{1} is not UTF-8")]
    NotUtf8(&'static str, &'static str),
    #[error("{0}.{1} appears again: send the values of a field together, and a single field once")]
    Repeated(&'static str, &'static str),
    #[error("a value is nested more than {DEPTH_MAX} messages deep: flatten the attribute")]
    TooDeep,
    #[error("more than {0} resources and scopes in one request: send smaller batches")]
    TooManyOrigins(usize),
}

pub(super) fn check(message: &'static Message, body: &[u8]) -> Result<(), Malformed> {
    check_at(message, body, DEPTH_MAX)
}

fn check_at(message: &'static Message, body: &[u8], depth: usize) -> Result<(), Malformed> {
    let mut seen = 0u32;
    let mut open = None;
    for field in Fields::of(body) {
        let field = field?;
        let Some(spec) = message.field(field.number) else {
            continue;
        };
        check_value(message, spec, field.payload, depth)?;
        let bit = 1u32 << spec.number;
        let continued = spec.repeated && open == Some(spec.number);
        let crowded = message.one_of && seen != 0;
        if !continued && (seen & bit != 0 || crowded) {
            return Err(Malformed::Repeated(message.name, spec.name));
        }
        seen |= bit;
        open = Some(spec.number);
    }
    Ok(())
}

fn check_value(
    message: &'static Message,
    spec: &'static FieldSpec,
    payload: Payload<'_>,
    depth: usize,
) -> Result<(), Malformed> {
    match (spec.kind, payload) {
        (Kind::Text, Payload::Bytes(text)) => match std::str::from_utf8(text) {
            Ok(_) => Ok(()),
            Err(_) => Err(Malformed::NotUtf8(message.name, spec.name)),
        },
        (Kind::Bytes | Kind::Id, Payload::Bytes(_))
        | (Kind::Bool | Kind::Enum | Kind::Number32 | Kind::Number64, Payload::Varint(_))
        | (Kind::Double | Kind::UnixNano, Payload::Fixed64(_))
        | (Kind::Flags, Payload::Fixed32(_)) => Ok(()),
        (Kind::Message(inner), Payload::Bytes(body)) => {
            check_at(inner, body, depth.checked_sub(1).ok_or(Malformed::TooDeep)?)
        }
        _ => Err(Malformed::WireType(message.name, spec.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otlp::schema::{ANY_VALUE, KEY_VALUE, SPAN};
    use crate::otlp::varint_into;
    use proptest::prelude::*;
    use prost::Message as _;

    proptest! {
        #[test]
        fn whatever_passes_the_check_is_a_span_to_everybody(bytes: Vec<u8>) {
            if check(&SPAN, &bytes).is_ok() {
                prop_assert!(opentelemetry_proto::tonic::trace::v1::Span::decode(bytes.as_slice()).is_ok());
            }
        }
    }

    #[test]
    fn text_that_is_not_utf8_is_named() {
        assert_eq!(
            check(&KEY_VALUE, &[0x0a, 1, 0xff]),
            Err(Malformed::NotUtf8("KeyValue", "key"))
        );
    }

    #[test]
    fn a_value_that_is_two_things_at_once_is_refused() {
        let text_and_bool = [0x0a, 1, b'x', 0x10, 1];
        assert_eq!(
            check(&ANY_VALUE, &text_and_bool),
            Err(Malformed::Repeated("AnyValue", "boolValue"))
        );
    }

    #[test]
    fn a_bomb_of_nested_arrays_is_refused_and_does_not_overflow_the_stack() {
        let mut value = Vec::new();
        for _ in 0..10_000 {
            for tag in [0x0a, 0x2a] {
                let mut outer = vec![tag];
                varint_into(&mut outer, value.len() as u64);
                outer.append(&mut value);
                value = outer;
            }
        }
        assert_eq!(check(&ANY_VALUE, &value), Err(Malformed::TooDeep));
    }
}
