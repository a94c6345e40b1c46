//! How the spans of a trace hang together, and who must have sent what is missing between them.

use std::collections::BTreeSet;

use crate::traces::{Span, Trace};

/// Spans whose parent is missing: the service that must have sent it, and what was found. The root is the edge's own
/// span: one without a parent, or one whose parent is the caller's. A retry is a second request of the same caller.
pub fn disconnected<'a>(trace: &'a Trace, known: &str) -> Vec<(&'a str, String)> {
    let ids = ids(trace);
    let mut roots: BTreeSet<&str> = BTreeSet::new();
    let mut gaps = Vec::new();
    for span in &trace.spans {
        match span.parent_id.as_deref() {
            Some(parent) if ids.contains(parent) => {}
            Some(parent) if parent == known => {
                roots.insert(&span.trace_id);
            }
            Some(parent) => gaps.push((emitter(span), format!("{parent} of {}", named(span)))),
            None if roots.insert(&span.trace_id) => {}
            None => gaps.push((emitter(span), format!("a second root, {}", named(span)))),
        }
    }
    gaps
}

/// Links to spans that are not there: the service that must have sent them, which is that of the link, and what was
/// found.
pub fn lost_causes(trace: &Trace) -> impl Iterator<Item = (&str, String)> {
    let ids = ids(trace);
    trace.spans.iter().flat_map(move |span| {
        let lost = span.links.iter().filter(|id| !ids.contains(id.as_str()));
        let gaps = lost.map(|id| (span.service.as_str(), format!("{id} of {}", named(span))));
        gaps.collect::<Vec<_>>()
    })
}

fn ids(trace: &Trace) -> BTreeSet<&str> {
    let ids = trace.spans.iter().map(|span| span.span_id.as_str());
    ids.collect()
}

pub fn named(span: &Span) -> String {
    format!("{} \"{}\"", span.service, span.name)
}

/// Who sent the message or request that this span handles.
fn emitter(span: &Span) -> &str {
    let Some((verb, kind)) = span.name.split_once(' ') else {
        return &span.service;
    };
    if !matches!(verb, "process" | "duplicate" | "project") {
        // An HTTP span: the caller of a service is the gateway; within the gateway it is itself.
        return "gateway";
    }
    match kind.split('.').next().unwrap_or_default() {
        "order" => "orders",
        "stock" | "sku" => "inventory",
        "payment" => "payments",
        "shipment" => "shipping",
        _command => "orchestrator",
    }
}
