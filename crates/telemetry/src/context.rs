//! The context of a span in its W3C form, apart from any SDK type.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// A tracestate longer than this is dropped: the W3C recommendation asks to carry at least 512 characters, and
/// whatever is carried ends in a database row.
const TRACESTATE_LENGTH_MAX: usize = 512;

/// Where a piece of work belongs: W3C `traceparent` and `tracestate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    pub traceparent: String,
    pub tracestate: Option<String>,
}

impl TraceContext {
    /// The context of the current `tracing` span; `None` outside of one or with tracing off.
    pub fn current() -> Option<Self> {
        let context = tracing::Span::current().context();
        Self::of(context.span().span_context())
    }

    /// A context as it arrived from outside; `None` unless the traceparent is a valid one. An overlong or
    /// malformed tracestate is dropped, as the W3C recommendation asks.
    pub fn parse(traceparent: &str, tracestate: Option<&str>) -> Option<Self> {
        let context = Self {
            traceparent: traceparent.to_owned(),
            tracestate: tracestate
                .filter(|state| !state.is_empty() && state.len() <= TRACESTATE_LENGTH_MAX)
                .map(str::to_owned),
        };
        Self::of(&context.span_context()?)
    }

    /// The 32 hexadecimal digits of the trace id, to put into a log line.
    pub fn trace_id(&self) -> &str {
        self.traceparent.get(3..35).unwrap_or_default()
    }

    /// Makes `span` a child of this context. To be called before the span is first entered.
    pub fn adopt(&self, span: &tracing::Span) {
        // It fails when tracing is off or the span is filtered out; then there is nothing to connect.
        let _ = span.set_parent(self.to_context());
    }

    pub(crate) fn of(span: &SpanContext) -> Option<Self> {
        span.is_valid().then(|| Self {
            traceparent: format!(
                "00-{}-{}-{:02x}",
                span.trace_id(),
                span.span_id(),
                span.trace_flags().to_u8() & 0x01
            ),
            tracestate: Some(span.trace_state().header()).filter(|state| !state.is_empty()),
        })
    }

    pub(crate) fn span_context(&self) -> Option<SpanContext> {
        let context = self.to_context();
        let span = context.span();
        span.span_context()
            .is_valid()
            .then(|| span.span_context().clone())
    }

    pub(crate) fn to_context(&self) -> Context {
        TraceContextPropagator::new().extract_with_context(&Context::new(), self)
    }
}

impl Extractor for TraceContext {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => Some(&self.traceparent),
            "tracestate" => self.tracestate.as_deref(),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

#[cfg(test)]
mod tests {
    use super::TraceContext;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_context_survives_the_way_through_two_strings() {
        let context = TraceContext::parse(PARENT, Some("vendor=1")).expect("valid");
        assert_eq!(context.traceparent, PARENT);
        assert_eq!(context.tracestate.as_deref(), Some("vendor=1"));
        assert_eq!(context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
    }

    #[test]
    fn a_malformed_parent_is_no_context() {
        for parent in [
            "",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-ümlaut",
        ] {
            assert_eq!(TraceContext::parse(parent, None), None, "{parent:?}");
        }
    }

    #[test]
    fn an_overlong_or_malformed_state_is_dropped_and_the_parent_kept() {
        let long = format!("vendor={}", "x".repeat(600));
        for state in [long.as_str(), "no equals sign", ""] {
            let context = TraceContext::parse(PARENT, Some(state)).expect("valid");
            assert_eq!(context.tracestate, None, "{state:?}");
        }
    }

    #[test]
    fn outside_of_a_span_there_is_no_context() {
        assert_eq!(TraceContext::current(), None);
    }
}
