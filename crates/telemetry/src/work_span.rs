//! Spans made by hand.
//!
//! A `tracing` span is current on one thread and ends when its scope does. A batch of messages has many spans
//! open at once, each with a parent of its own, all of them ended by one commit: that is a [`WorkSpan`].

use std::borrow::Cow;
use std::sync::OnceLock;

use opentelemetry::trace::{
    Link, Span as _, SpanBuilder, SpanKind, Status, Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span};

use crate::TraceContext;

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

pub(crate) fn use_tracer_of(provider: &SdkTracerProvider) {
    // A second set-up is refused before it comes here.
    let _ = TRACER.set(provider.tracer("breakwater"));
}

/// A span that is passed around like any other value; it ends when it is dropped.
#[derive(Debug)]
#[must_use = "a span that is dropped at once measures nothing"]
pub struct WorkSpan {
    /// `None` when tracing is off.
    span: Option<Span>,
}

impl WorkSpan {
    /// Opens a span under `parent` (a new trace without one), linked to `links`.
    pub fn start(
        kind: SpanKind,
        name: impl Into<Cow<'static, str>>,
        parent: Option<&TraceContext>,
        links: &[TraceContext],
    ) -> Self {
        let span = TRACER.get().map(|tracer| {
            let links = links.iter().filter_map(TraceContext::span_context);
            let builder = SpanBuilder::from_name(name)
                .with_kind(kind)
                .with_links(links.map(Link::with_context).collect());
            let parent = parent.map_or_else(Context::new, TraceContext::to_context);
            tracer.build_with_context(builder, &parent)
        });
        Self { span }
    }

    /// What a message, a row or a request caused by this work carries on.
    pub fn context(&self) -> Option<TraceContext> {
        TraceContext::of(self.span.as_ref()?.span_context())
    }

    /// The work turned out to be another than it was opened for.
    pub fn rename(&mut self, name: impl Into<Cow<'static, str>>) {
        if let Some(span) = &mut self.span {
            span.update_name(name);
        }
    }

    /// Adds an attribute.
    pub fn set(&mut self, key: &'static str, value: impl Into<Value>) {
        if let Some(span) = &mut self.span {
            span.set_attribute(KeyValue::new(key, value));
        }
    }

    /// Links another piece of work that this one repeats or continues.
    pub fn link(&mut self, other: &TraceContext) {
        if let Some((span, other)) = self.span.as_mut().zip(other.span_context()) {
            span.add_link(other, Vec::new());
        }
    }

    /// Marks the work as failed, with the reason.
    pub fn fail(&mut self, reason: &str) {
        if let Some(span) = &mut self.span {
            span.set_status(Status::error(reason.to_owned()));
        }
    }

    /// Ends the span now.
    pub fn end(self) {}
}

#[cfg(test)]
mod tests {
    use super::WorkSpan;
    use crate::SpanKind;

    #[test]
    fn without_a_tracer_a_span_is_nothing_and_takes_everything() {
        let mut span = WorkSpan::start(SpanKind::Consumer, "process stock.reserved", None, &[]);
        span.set("messaging.redelivered", true);
        span.fail("no stock");
        assert_eq!(span.context(), None);
        span.end();
    }
}
