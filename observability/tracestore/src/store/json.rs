//! Records as OTLP JSON: ids in hex, 64-bit numbers as strings, enums as numbers.

use std::io::Write as _;

use super::Store;
use super::base64;
use super::log::Position;
use super::reader::{Reader, Text};
use super::record::Head;
use crate::ids::TraceId;
use crate::otlp::schema::{FieldSpec, Kind, Message, RESOURCE, SCOPE, SPAN};

/// Spans of one origin that follow each other share a member of `resourceSpans`.
pub(super) fn write_trace(store: &Store, trace: TraceId, out: &mut Vec<u8>) -> bool {
    let Some(entry) = store.table.get(trace) else {
        return false;
    };
    let mut spans: Vec<(Position, Head<'_>)> = store.log.chain(entry.last).collect();
    spans.reverse();
    let runs =
        spans.chunk_by(|(a, head), (b, next)| (a.segment, head.origin) == (b.segment, next.origin));
    for (at, run) in runs.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let begun = out.len();
        if write_run(store, trace, run, out).is_none() {
            // not reached: a record is written whole. Half an answer would not be JSON
            out.truncate(begun);
            out.extend_from_slice(b"{}");
        }
    }
    !spans.is_empty()
}

fn write_run(
    store: &Store,
    trace: TraceId,
    run: &[(Position, Head<'_>)],
    out: &mut Vec<u8>,
) -> Option<()> {
    let (position, head) = run.first()?;
    let (_, base_ns) = store.log.segment(position.segment)?;
    let mut origin = head.rest.elsewhere(head.origin);
    origin.text()?;
    out.extend_from_slice(b"{\"resource\":");
    write_message(&mut origin, &RESOURCE, 0, out)?;
    let resource_schema = origin.text()?;
    out.extend_from_slice(b",\"scopeSpans\":[{\"scope\":");
    write_message(&mut origin, &SCOPE, 0, out)?;
    let scope_schema = origin.text()?;
    out.extend_from_slice(b",\"spans\":[");
    for (at, (_, head)) in run.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_span(trace, head, base_ns, out)?;
    }
    out.push(b']');
    write_schema(scope_schema, out)?;
    out.extend_from_slice(b"}]");
    write_schema(resource_schema, out)?;
    out.push(b'}');
    Some(())
}

fn write_schema(schema: Text<'_>, out: &mut Vec<u8>) -> Option<()> {
    if schema != Text::Plain("") {
        out.extend_from_slice(b",\"schemaUrl\":");
        write_text(&schema.into_str(), out)?;
    }
    Some(())
}

fn write_span(trace: TraceId, head: &Head<'_>, base_ns: u64, out: &mut Vec<u8>) -> Option<()> {
    write!(
        out,
        "{{\"traceId\":\"{trace}\",\"spanId\":\"{}\",\"parentSpanId\":\"",
        head.span
    )
    .ok()?;
    if let Some(parent) = head.parent {
        write!(out, "{parent}").ok()?;
    }
    out.extend_from_slice(b"\",\"name\":");
    write_text(&head.name.into_str(), out)?;
    let Head {
        kind,
        start_ns,
        end_ns,
        ..
    } = head;
    write!(
        out,
        ",\"kind\":{kind},\"startTimeUnixNano\":\"{start_ns}\",\"endTimeUnixNano\":\"{end_ns}\""
    )
    .ok()?;
    out.push(b',');
    let begun = out.len();
    let mut rest = head.rest;
    write_members(&mut rest, &SPAN, base_ns, out)?;
    if out.len() == begun {
        out.pop();
    }
    out.push(b'}');
    Some(())
}

fn write_message(
    from: &mut Reader<'_>,
    message: &'static Message,
    base_ns: u64,
    out: &mut Vec<u8>,
) -> Option<()> {
    out.push(b'{');
    write_members(from, message, base_ns, out)?;
    out.push(b'}');
    Some(())
}

fn write_members(
    from: &mut Reader<'_>,
    message: &'static Message,
    base_ns: u64,
    out: &mut Vec<u8>,
) -> Option<()> {
    let mut open: Option<&FieldSpec> = None;
    loop {
        let field = from.byte()?;
        if field == 0 {
            return Some(());
        }
        let spec = message.field(u32::from(field >> 1))?;
        let continued = open.is_some_and(|open| open.repeated && open.number == spec.number);
        if let Some(open) = open {
            out.extend_from_slice(if open.repeated && !continued {
                b"],"
            } else {
                b","
            });
        }
        if !continued {
            write!(out, "\"{}\":", spec.name).ok()?;
            if spec.repeated {
                out.push(b'[');
            }
        }
        write_value(from, spec.kind, base_ns, out)?;
        if field & 1 == 1 {
            if spec.repeated {
                out.push(b']');
            }
            return Some(());
        }
        open = Some(spec);
    }
}

fn write_value(from: &mut Reader<'_>, kind: Kind, base_ns: u64, out: &mut Vec<u8>) -> Option<()> {
    match kind {
        Kind::Text => write_text(&from.text()?.into_str(), out)?,
        Kind::Bytes => {
            let length = usize::try_from(from.varint()?).ok()?;
            out.push(b'"');
            base64::write(out, from.take(length)?);
            out.push(b'"');
        }
        Kind::Id => {
            let length = usize::try_from(from.varint()?).ok()?;
            out.push(b'"');
            for byte in from.take(length)? {
                write!(out, "{byte:02x}").ok()?;
            }
            out.push(b'"');
        }
        Kind::Bool => write!(out, "{}", from.varint()? != 0).ok()?,
        Kind::Enum => write!(out, "{}", from.varint()? as i32).ok()?,
        Kind::Number32 => write!(out, "{}", from.varint()? as u32).ok()?,
        Kind::Number64 => write!(out, "\"{}\"", from.varint()? as i64).ok()?,
        Kind::Double => write_double(f64::from_le_bytes(from.array()?), out)?,
        Kind::Flags => write!(out, "{}", from.varint()?).ok()?,
        Kind::UnixNano => write!(out, "\"{}\"", from.difference(base_ns)?).ok()?,
        Kind::Message(message) => write_message(from, message, base_ns, out)?,
    }
    Some(())
}

fn write_double(value: f64, out: &mut Vec<u8>) -> Option<()> {
    if value.is_finite() {
        return serde_json::to_writer(out, &value).ok();
    }
    let name = if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    };
    write!(out, "\"{name}\"").ok()
}

fn write_text(text: &str, out: &mut Vec<u8>) -> Option<()> {
    serde_json::to_writer(out, text).ok()
}
