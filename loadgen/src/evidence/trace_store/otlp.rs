//! OTLP in JSON, as the query API answers it: ids in hex, 64-bit numbers as strings.

use checkers::traces::Span;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

#[derive(Deserialize)]
struct Answer {
    result: TracesData,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TracesData {
    #[serde(default)]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans {
    #[serde(default)]
    resource: Resource,
    #[serde(default)]
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Default, Deserialize)]
struct Resource {
    #[serde(default)]
    attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
struct ScopeSpans {
    #[serde(default)]
    spans: Vec<OtlpSpan>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OtlpSpan {
    trace_id: String,
    span_id: String,
    #[serde(default)]
    parent_span_id: String,
    name: String,
    #[serde(default)]
    start_time_unix_nano: String,
    #[serde(default)]
    end_time_unix_nano: String,
    #[serde(default)]
    attributes: Vec<Attribute>,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    span_id: String,
}

#[derive(Deserialize)]
struct Attribute {
    key: String,
    #[serde(default)]
    value: Value,
}

/// A span, and the order it is about, where it says so.
pub struct Found {
    pub span: Span,
    pub order_id: Option<Uuid>,
}

/// Of one trace or of many; several answers of a stream stand one after the other.
pub fn spans(body: &[u8]) -> Result<Vec<Found>, String> {
    let mut found = Vec::new();
    for answer in serde_json::Deserializer::from_slice(body).into_iter::<Answer>() {
        let answer =
            answer.map_err(|error| format!("the trace store's answer is not a trace: {error}"))?;
        for resource in answer.result.resource_spans {
            let service = text(&resource.resource.attributes, "service.name")
                .unwrap_or_default()
                .to_owned();
            let all = resource
                .scope_spans
                .into_iter()
                .flat_map(|scope| scope.spans);
            found.extend(all.map(|span| convert(&service, span)));
        }
    }
    Ok(found)
}

fn convert(service: &str, span: OtlpSpan) -> Found {
    let redelivered = attribute(&span.attributes, "messaging.redelivered")
        .is_some_and(|value| value["boolValue"] == Value::Bool(true));
    let order_id = text(&span.attributes, "breakwater.order_id").and_then(|id| id.parse().ok());
    let (start_us, end_us) = (us(&span.start_time_unix_nano), us(&span.end_time_unix_nano));
    let span = Span {
        trace_id: span.trace_id,
        span_id: span.span_id,
        parent_id: (!is_unset(&span.parent_span_id)).then_some(span.parent_span_id),
        service: service.to_owned(),
        name: span.name,
        start_us,
        duration_us: end_us.saturating_sub(start_us),
        ended_before_it_began: end_us > 0 && end_us < start_us,
        links: span.links.into_iter().map(|link| link.span_id).collect(),
        redelivered,
    };
    Found { span, order_id }
}

/// A time that is not one is left out: the judge does not need it.
fn us(nanos: &str) -> u64 {
    nanos.parse::<u64>().map_or(0, |nanos| nanos / 1_000)
}

fn text<'a>(attributes: &'a [Attribute], key: &str) -> Option<&'a str> {
    attribute(attributes, key).and_then(|value| value["stringValue"].as_str())
}

/// A root has no parent, or one of zeroes.
fn is_unset(span_id: &str) -> bool {
    span_id.bytes().all(|digit| digit == b'0')
}

fn attribute<'a>(attributes: &'a [Attribute], key: &str) -> Option<&'a Value> {
    attributes
        .iter()
        .find(|attribute| attribute.key == key)
        .map(|attribute| &attribute.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_carry_service_parent_times_links_and_redelivery() {
        let body = br#"{"result":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name",
            "value":{"stringValue":"orders"}}]},"scopeSpans":[{"spans":[
            {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"POST /orders",
             "kind":2,"startTimeUnixNano":"1700000000000123000","endTimeUnixNano":"1700000000002623000"},
            {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7","parentSpanId":"b7ad6b7169203331","name":"process stock.rejected",
             "attributes":[{"key":"messaging.redelivered","value":{"boolValue":true}},
             {"key":"breakwater.order_id","value":{"stringValue":"00000000-0000-0000-0000-000000000000"}}],
             "links":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"}]}]}]}]}}"#;
        let found = spans(body).expect("a trace");
        assert_eq!(found[1].order_id, Some(Uuid::nil()));
        let spans: Vec<Span> = found.into_iter().map(|found| found.span).collect();
        assert_eq!(
            (spans[0].service.as_str(), &spans[0].parent_id),
            ("orders", &None)
        );
        assert_eq!(
            (spans[0].start_us, spans[0].duration_us),
            (1_700_000_000_000_123, 2_500)
        );
        assert_eq!((spans[1].start_us, spans[1].duration_us), (0, 0));
        assert_eq!(spans[1].parent_id.as_deref(), Some("b7ad6b7169203331"));
        assert_eq!((spans[1].links.len(), spans[1].redelivered), (1, true));
    }

    #[test]
    fn a_span_that_ended_before_it_began_says_so_and_one_without_an_end_does_not() {
        let span = |end: &str| {
            let body = format!(
                r#"{{"result":{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"0a","spanId":"0b",
                "name":"n","startTimeUnixNano":"1700000000000123000"{end}}}]}}]}}]}}}}"#
            );
            spans(body.as_bytes()).expect("a trace").remove(0).span
        };
        let backwards = span(r#","endTimeUnixNano":"1700000000000120000""#);
        assert_eq!(
            (backwards.duration_us, backwards.ended_before_it_began),
            (0, true)
        );
        assert!(!span("").ended_before_it_began);
    }

    #[test]
    fn what_is_not_a_trace_is_an_error() {
        assert!(spans(b"<html>").is_err());
    }
}
