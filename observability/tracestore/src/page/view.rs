//! A trace as the pages see it, read from OTLP JSON.

use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub service: String,
    pub instance: String,
    pub id: String,
    pub parent: String,
    pub name: String,
    pub kind: &'static str,
    pub start_ns: u64,
    pub end_ns: u64,
    pub failed: bool,
    pub failure: String,
    pub attributes: Shown,
    pub events: Vec<Moment>,
    /// trace and span
    pub links: Vec<(String, String)>,
}

/// Attributes as text.
pub(super) type Shown = Vec<(String, String)>;

/// An event of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub time_ns: u64,
    pub name: String,
    pub attributes: Shown,
}

impl Span {
    pub(super) fn duration_ns(&self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans {
    resource: Attributes,
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Deserialize)]
struct ScopeSpans {
    spans: Vec<OtlpSpan>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes {
    attributes: Vec<KeyValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct KeyValue {
    key: String,
    value: Value,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OtlpSpan {
    span_id: String,
    parent_span_id: String,
    name: String,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<KeyValue>,
    events: Vec<Event>,
    links: Vec<Link>,
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Event {
    time_unix_nano: String,
    name: String,
    attributes: Vec<KeyValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Link {
    trace_id: String,
    span_id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    message: String,
    code: i32,
}

/// The spans of an array of `resourceSpans`.
pub(super) fn read(json: &[u8]) -> Option<Vec<Span>> {
    let resources: Vec<ResourceSpans> = serde_json::from_slice(json).ok()?;
    let mut spans = Vec::new();
    for resource in resources {
        let of_resource = shown(resource.resource.attributes);
        let named = |key: &str| {
            of_resource
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value.clone())
        };
        let service = named("service.name").unwrap_or_else(|| "unknown".to_owned());
        let instance = named("service.instance.id").unwrap_or_default();
        for span in resource
            .scope_spans
            .into_iter()
            .flat_map(|scope| scope.spans)
        {
            spans.push(Span {
                service: service.clone(),
                instance: instance.clone(),
                ..span.into()
            });
        }
    }
    Some(spans)
}

impl From<OtlpSpan> for Span {
    fn from(span: OtlpSpan) -> Self {
        const KINDS: [&str; 6] = ["", "internal", "server", "client", "producer", "consumer"];
        let moment = |event: Event| Moment {
            time_ns: nanos(&event.time_unix_nano),
            name: event.name,
            attributes: shown(event.attributes),
        };
        Self {
            service: String::new(),
            instance: String::new(),
            id: span.span_id,
            parent: span.parent_span_id,
            name: span.name,
            kind: KINDS
                .get(usize::from(span.kind))
                .copied()
                .unwrap_or_default(),
            start_ns: nanos(&span.start_time_unix_nano),
            end_ns: nanos(&span.end_time_unix_nano),
            failed: span.status.code == 2,
            failure: span.status.message,
            attributes: shown(span.attributes),
            events: span.events.into_iter().map(moment).collect(),
            links: span
                .links
                .into_iter()
                .map(|link| (link.trace_id, link.span_id))
                .collect(),
        }
    }
}

fn nanos(text: &str) -> u64 {
    text.parse().unwrap_or(0)
}

/// `{"stringValue":"x"}` is x, `{"intValue":"5"}` is 5, and what is nested stays JSON.
fn shown(attributes: Vec<KeyValue>) -> Shown {
    let text = |value: Value| match value {
        Value::Object(one_of) => match one_of.into_values().next() {
            Some(Value::String(text)) => text,
            Some(nested) => nested.to_string(),
            None => String::new(),
        },
        _ => String::new(),
    };
    attributes
        .into_iter()
        .map(|attribute| (attribute.key, text(attribute.value)))
        .collect()
}
