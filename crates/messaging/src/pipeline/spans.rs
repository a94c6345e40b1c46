//! The trace of a message, in OpenTelemetry's messaging vocabulary (still in
//! development there: the names are in this file only).

use crate::{broker::Delivery, envelope::Envelope};
use decider::Coordination;
use telemetry::{SpanKind, TraceContext, WorkSpan};

/// The work of handling a message, as a child of the work that sent it.
pub(super) fn process(envelope: &Envelope, redelivered: bool) -> WorkSpan {
    start(format!("process {}", envelope.kind), envelope, redelivered)
}

/// The span of a message that turned out to be handled already becomes one of a
/// duplicate, linked to the attempt that did it.
pub(super) fn duplicate(mut span: WorkSpan, envelope: &Envelope, attempt: Option<&str>) {
    span.rename(format!("duplicate {}", envelope.kind));
    if let Some(attempt) = attempt.and_then(|parent| TraceContext::parse(parent, None)) {
        span.link(&attempt);
    }
    span.end();
}

/// A message that nobody can handle. Without a usable context it begins a trace.
pub(super) fn dead_letter(service: &str, delivery: &Delivery, reason: &str) {
    let headers = &delivery.message.headers;
    let parent = headers
        .text("traceparent")
        .and_then(|parent| TraceContext::parse(parent, headers.text("tracestate")));
    let name = format!("dead-letter {service}");
    let mut span = WorkSpan::start(SpanKind::Consumer, name, parent.as_ref(), &[]);
    span.set("messaging.system", "rabbitmq");
    span.set("messaging.redelivered", delivery.redelivered);
    if let Some(id) = &delivery.message.id {
        span.set("messaging.message.id", id.clone());
    }
    span.fail(reason);
    span.end();
}

fn start(name: String, envelope: &Envelope, redelivered: bool) -> WorkSpan {
    let mut span = WorkSpan::start(SpanKind::Consumer, name, envelope.trace.as_ref(), &[]);
    span.set("messaging.system", "rabbitmq");
    span.set("messaging.operation.type", "process");
    span.set("messaging.message.id", envelope.id.to_string());
    span.set("messaging.redelivered", redelivered);
    if let Some(order) = envelope.correlation_id {
        let order = order.to_string();
        span.set("messaging.message.conversation_id", order.clone());
        span.set("breakwater.order_id", order);
    }
    let coordination = envelope.coordination.map_or("none", Coordination::as_str);
    span.set("breakwater.coordination", coordination);
    span
}
