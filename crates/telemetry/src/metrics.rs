//! The metrics every process has, whatever it does.

use crate::declaration::{Declaration, Unit};
use crate::instrument::{Counter, Gauge};

pub(crate) static RESIDENT_MEMORY: Gauge = Gauge::new(
    "process_resident_memory_bytes",
    Unit::Bytes,
    &[],
    "Resident memory of the process.",
);

pub(crate) static START_TIME: Gauge = Gauge::new(
    "process_start_time_seconds",
    Unit::Seconds,
    &[],
    "When the process started, in seconds since 1970; a change is a restart.",
);

pub(crate) static SPANS_EXPORTED: Counter = Counter::new(
    "breakwater_spans_exported_total",
    Unit::Count,
    &["outcome"],
    "Spans handed to the trace collector; outcome is sent or lost.",
);

/// For METRICS.md.
pub const ALL: &[Declaration] = &[
    RESIDENT_MEMORY.declaration(),
    START_TIME.declaration(),
    SPANS_EXPORTED.declaration(),
];
