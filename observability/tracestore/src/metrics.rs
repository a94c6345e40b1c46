//! What the trace store counts about itself.

use telemetry::{Counter, Gauge, Unit};

pub static SPANS: Counter = Counter::new(
    "breakwater_tracestore_spans_total",
    Unit::Count,
    &["outcome"],
    "Spans sent to the trace store: stored, or refused for want of ids or for their size.",
);

pub static REQUESTS_REFUSED: Counter = Counter::new(
    "breakwater_tracestore_requests_refused_total",
    Unit::Count,
    &["reason"],
    "Export requests of which nothing was taken: malformed, too_large, slow, busy, unsupported.",
);

pub static EVICTED_TRACES: Counter = Counter::new(
    "breakwater_tracestore_evicted_traces_total",
    Unit::Count,
    &[],
    "Traces dropped, whole and oldest first, to stay within the memory limit.",
);

pub static EVICTED_SPANS: Counter = Counter::new(
    "breakwater_tracestore_evicted_spans_total",
    Unit::Count,
    &[],
    "Spans of the traces dropped to stay within the memory limit.",
);

pub static TRACES: Gauge = Gauge::new(
    "breakwater_tracestore_traces",
    Unit::Count,
    &[],
    "Traces that can be found now.",
);

pub static MEMORY: Gauge = Gauge::new(
    "breakwater_tracestore_memory_bytes",
    Unit::Bytes,
    &[],
    "Bytes that stored traces take, as the store accounts for them.",
);

pub static MEMORY_LIMIT: Gauge = Gauge::new(
    "breakwater_tracestore_memory_limit_bytes",
    Unit::Bytes,
    &[],
    "Bytes beyond which the oldest traces are dropped.",
);

pub const ALL: &[telemetry::Declaration] = &[
    SPANS.declaration(),
    REQUESTS_REFUSED.declaration(),
    EVICTED_TRACES.declaration(),
    EVICTED_SPANS.declaration(),
    TRACES.declaration(),
    MEMORY.declaration(),
    MEMORY_LIMIT.declaration(),
];
