//! An `ExportTraceServiceRequest` as a batch of spans that borrow from its bytes.

use super::check::{Malformed, check};
use super::fields::{Field, Fields, Payload};
use super::schema::{KEY_VALUE, RESOURCE, SCOPE, SPAN};
use crate::ids::{SpanId, TraceId};

/// Pairs of resource and scope in one request. An SDK sends one to a few dozen.
const ORIGINS_MAX: usize = 4_096;

/// The attribute by which the page finds a trace: what the trace is about.
pub const SUBJECT_ATTRIBUTE: &str = "breakwater.order_id";

/// Where spans come from: a resource (the process) and an instrumentation scope, both still encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OriginRef<'a> {
    pub service: &'a str,
    pub resource: &'a [u8],
    pub resource_schema: &'a str,
    pub scope: &'a [u8],
    pub scope_schema: &'a str,
}

/// What the store needs to know of a span; the rest stays as `body` says it.
#[derive(Clone, Copy, Debug)]
pub struct SpanRef<'a> {
    /// index into [`Batch::origins`]
    pub origin: usize,
    pub trace: TraceId,
    pub span: SpanId,
    pub parent: Option<SpanId>,
    pub name: &'a str,
    /// `SpanKind`, 0 (unspecified) to 5 (consumer)
    pub kind: u8,
    pub start_ns: u64,
    pub end_ns: u64,
    pub failed: bool,
    pub subject: Option<&'a str>,
    pub body: &'a [u8],
}

#[derive(Debug, Default)]
pub struct Batch<'a> {
    pub origins: Vec<OriginRef<'a>>,
    pub spans: Vec<SpanRef<'a>>,
    /// spans without a trace id of 16 bytes or a span id of 8
    pub refused: u64,
}

/// Reads a request. All of it is well-formed, or none of it is taken.
pub fn parse(request: &[u8]) -> Result<Batch<'_>, Malformed> {
    let mut batch = Batch::default();
    for resource_spans in messages(request, 1, ("ExportTraceServiceRequest", "resourceSpans")) {
        batch.take_resource(resource_spans?)?;
    }
    Ok(batch)
}

impl<'a> Batch<'a> {
    fn take_resource(&mut self, body: &'a [u8]) -> Result<(), Malformed> {
        let resource = last(body, 1, ("ResourceSpans", "resource"))?;
        check(&RESOURCE, resource)?;
        let origin = OriginRef {
            service: service_name(resource)?,
            resource,
            resource_schema: text(
                last(body, 3, ("ResourceSpans", "schemaUrl"))?,
                ("ResourceSpans", "schemaUrl"),
            )?,
            ..OriginRef::default()
        };
        for scope_spans in messages(body, 2, ("ResourceSpans", "scopeSpans")) {
            self.take_scope(origin, scope_spans?)?;
        }
        Ok(())
    }

    fn take_scope(&mut self, origin: OriginRef<'a>, body: &'a [u8]) -> Result<(), Malformed> {
        if self.origins.len() == ORIGINS_MAX {
            return Err(Malformed::TooManyOrigins(ORIGINS_MAX));
        }
        let scope = last(body, 1, ("ScopeSpans", "scope"))?;
        check(&SCOPE, scope)?;
        self.origins.push(OriginRef {
            scope,
            scope_schema: text(
                last(body, 3, ("ScopeSpans", "schemaUrl"))?,
                ("ScopeSpans", "schemaUrl"),
            )?,
            ..origin
        });
        for span in messages(body, 2, ("ScopeSpans", "spans")) {
            let span = span?;
            check(&SPAN, span)?;
            match read_span(self.origins.len() - 1, span)? {
                Some(span) => self.spans.push(span),
                None => self.refused += 1,
            }
        }
        Ok(())
    }
}

fn read_span(origin: usize, body: &[u8]) -> Result<Option<SpanRef<'_>>, Malformed> {
    let (mut trace, mut span, mut parent): (&[u8], &[u8], &[u8]) = (&[], &[], &[]);
    let mut read = SpanRef {
        origin,
        trace: TraceId::default(),
        span: SpanId::default(),
        parent: None,
        name: "",
        kind: 0,
        start_ns: 0,
        end_ns: 0,
        failed: false,
        subject: None,
        body,
    };
    for field in Fields::of(body) {
        let field = field?;
        match (field.number, field.payload) {
            (1, Payload::Bytes(id)) => trace = id,
            (2, Payload::Bytes(id)) => span = id,
            (4, Payload::Bytes(id)) => parent = id,
            (5, Payload::Bytes(name)) => read.name = text(name, ("Span", "name"))?,
            // a kind of a later OTLP is shown as unspecified
            (6, Payload::Varint(kind)) => read.kind = if kind <= 5 { kind as u8 } else { 0 },
            (7, Payload::Fixed64(nanos)) => read.start_ns = nanos,
            (8, Payload::Fixed64(nanos)) => read.end_ns = nanos,
            (9, Payload::Bytes(attribute)) if read.subject.is_none() => {
                read.subject = text_attribute(attribute, SUBJECT_ATTRIBUTE)?;
            }
            (15, Payload::Bytes(status)) => read.failed = is_error(status)?,
            _ => {}
        }
    }
    let (Some(trace), Some(span)) = (TraceId::from_bytes(trace), SpanId::from_bytes(span)) else {
        return Ok(None);
    };
    Ok(Some(SpanRef {
        trace,
        span,
        parent: SpanId::from_bytes(parent),
        ..read
    }))
}

fn is_error(status: &[u8]) -> Result<bool, Malformed> {
    /// `Status.STATUS_CODE_ERROR`
    const ERROR: u64 = 2;
    for field in Fields::of(status) {
        if let Field {
            number: 3,
            payload: Payload::Varint(code),
        } = field?
        {
            return Ok(code == ERROR);
        }
    }
    Ok(false)
}

/// `service.name`, the one attribute of a resource that searches ask for; empty when it is not there.
fn service_name(resource: &[u8]) -> Result<&str, Malformed> {
    for attribute in messages(resource, 1, ("Resource", "attributes")) {
        if let Some(name) = text_attribute(attribute?, "service.name")? {
            return Ok(name);
        }
    }
    Ok("")
}

/// The text of a `KeyValue` when its key is `wanted`.
fn text_attribute<'a>(key_value: &'a [u8], wanted: &str) -> Result<Option<&'a str>, Malformed> {
    if last(key_value, 1, (KEY_VALUE.name, "key"))? != wanted.as_bytes() {
        return Ok(None);
    }
    let value = last(key_value, 2, (KEY_VALUE.name, "value"))?;
    for field in Fields::of(value) {
        if let Field {
            number: 1,
            payload: Payload::Bytes(value),
        } = field?
        {
            return text(value, ("AnyValue", "stringValue")).map(Some);
        }
    }
    Ok(None)
}

type Named = (&'static str, &'static str);

fn messages(
    body: &[u8],
    number: u32,
    name: Named,
) -> impl Iterator<Item = Result<&[u8], Malformed>> {
    Fields::of(body).filter_map(move |field| match field {
        Ok(field) if field.number != number => None,
        Ok(Field {
            payload: Payload::Bytes(body),
            ..
        }) => Some(Ok(body)),
        Ok(_) => Some(Err(Malformed::WireType(name.0, name.1))),
        Err(mistake) => Some(Err(mistake)),
    })
}

fn last(body: &[u8], number: u32, name: Named) -> Result<&[u8], Malformed> {
    messages(body, number, name).last().unwrap_or(Ok(&[]))
}

fn text(bytes: &[u8], name: Named) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed::NotUtf8(name.0, name.1))
}
