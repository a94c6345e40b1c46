//! What every message of ours says about itself, and the one parser that believes it.
//!
//! | field | AMQP |
//! |---|---|
//! | id | property `message-id` |
//! | kind | property `type` |
//! | correlation id | property `correlation-id` |
//! | version | header `x-version` |
//! | causation id | header `x-causation-id` |
//! | coordination | header `x-coordination` |
//! | occurred at | header `x-occurred-at-ms`, Unix milliseconds |
//! | trace | headers `traceparent`, `tracestate` (W3C) |
//!
//! Headers are a contract too: only ever added to.

use crate::message::{Headers, Message, Value};
use bytes::Bytes;
use decider::Coordination;
use std::borrow::Cow;
use telemetry::TraceContext;
use uuid::Uuid;

pub const VERSION: &str = "x-version";
pub const CAUSATION_ID: &str = "x-causation-id";
pub const COORDINATION: &str = "x-coordination";
pub const OCCURRED_AT_MS: &str = "x-occurred-at-ms";
pub const TRACEPARENT: &str = "traceparent";
pub const TRACESTATE: &str = "tracestate";

/// A message that can be trusted to be one of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    pub id: Uuid,
    pub kind: Cow<'static, str>,
    pub version: u16,
    pub correlation_id: Option<Uuid>,
    pub causation_id: Option<Uuid>,
    pub coordination: Option<Coordination>,
    pub trace: Option<TraceContext>,
    pub occurred_at_ms: i64,
    pub body: Bytes,
}

/// Why a message is not one of ours. The text is the reason in the dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    #[error("no message id")]
    NoId,
    #[error("message id {0:?} is not a UUID")]
    BadId(String),
    #[error("no type")]
    NoKind,
    #[error("type {0:?} is not <word>.<word>")]
    BadKind(String),
    #[error("no x-version")]
    NoVersion,
    #[error("x-version {0} is not in 1..=65535")]
    BadVersion(i64),
    #[error("correlation id {0:?} is not a UUID")]
    BadCorrelationId(String),
    #[error("x-causation-id is not a UUID")]
    BadCausationId,
    #[error("x-coordination is neither \"choreography\" nor \"orchestration\"")]
    BadCoordination,
    #[error("no x-occurred-at-ms")]
    NoOccurredAt,
}

impl Envelope {
    /// A missing or malformed trace context is no defect: the work starts a new trace.
    pub fn parse(message: &Message) -> Result<Self, Defect> {
        let headers = &message.headers;
        let id = message.id.as_deref().ok_or(Defect::NoId)?;
        let kind = message.kind.clone().ok_or(Defect::NoKind)?;
        if !is_kind(&kind) {
            return Err(Defect::BadKind(kind.into_owned()));
        }
        let version = headers.integer(VERSION).ok_or(Defect::NoVersion)?;
        Ok(Self {
            id: Uuid::parse_str(id).map_err(|_| Defect::BadId(id.to_owned()))?,
            kind,
            version: u16::try_from(version)
                .ok()
                .filter(|version| *version > 0)
                .ok_or(Defect::BadVersion(version))?,
            correlation_id: message
                .correlation_id
                .as_deref()
                .map(|id| Uuid::parse_str(id).map_err(|_| Defect::BadCorrelationId(id.to_owned())))
                .transpose()?,
            causation_id: parsed(headers, CAUSATION_ID, Defect::BadCausationId)?,
            coordination: parsed(headers, COORDINATION, Defect::BadCoordination)?,
            trace: headers
                .text(TRACEPARENT)
                .and_then(|parent| TraceContext::parse(parent, headers.text(TRACESTATE))),
            occurred_at_ms: headers
                .integer(OCCURRED_AT_MS)
                .ok_or(Defect::NoOccurredAt)?,
            body: message.body.clone(),
        })
    }

    pub fn to_message(&self) -> Message {
        let mut headers = Headers::default();
        headers.set(VERSION, Value::Integer(i64::from(self.version)));
        headers.set(OCCURRED_AT_MS, Value::Integer(self.occurred_at_ms));
        if let Some(id) = self.causation_id {
            headers.set(CAUSATION_ID, Value::Text(id.to_string()));
        }
        if let Some(coordination) = self.coordination {
            headers.set(COORDINATION, Value::Text(coordination.as_str().to_owned()));
        }
        if let Some(trace) = &self.trace {
            headers.set(TRACEPARENT, Value::Text(trace.traceparent.clone()));
            if let Some(state) = &trace.tracestate {
                headers.set(TRACESTATE, Value::Text(state.clone()));
            }
        }
        Message {
            id: Some(self.id.to_string()),
            kind: Some(self.kind.clone()),
            correlation_id: self.correlation_id.map(|id| id.to_string()),
            headers,
            body: self.body.clone(),
        }
    }
}

/// `stock.reserved`, `inventory.reserve`: two words of lower case, so that it is one
/// routing key's beginning and never a wildcard.
fn is_kind(kind: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    kind.len() <= 64
        && kind
            .split_once('.')
            .is_some_and(|(a, b)| word(a) && word(b))
}

fn parsed<T: std::str::FromStr>(
    headers: &Headers,
    name: &str,
    defect: Defect,
) -> Result<Option<T>, Defect> {
    match headers.get(name) {
        None => Ok(None),
        Some(Value::Text(text)) => text.parse().map(Some).map_err(|_| defect),
        Some(_) => Err(defect),
    }
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
