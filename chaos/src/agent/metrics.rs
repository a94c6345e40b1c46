//! Every metric of the agent, declared once. What is in force is what has begun and not ended.

use telemetry::{Counter, Declaration, Unit};

pub static FAULTS_BEGUN: Counter = Counter::new(
    "breakwater_faults_begun_total",
    Unit::Count,
    &["fault"],
    "Faults put in force, also those that are over at once.",
);

pub static FAULTS_ENDED: Counter = Counter::new(
    "breakwater_faults_ended_total",
    Unit::Count,
    &["fault"],
    "Faults that are over: healed, or over at once.",
);

pub static FAULT_RECEIPTS: Counter = Counter::new(
    "breakwater_fault_receipts_total",
    Unit::Count,
    &["fault"],
    "Messages, connections and processes that were touched.",
);

/// For METRICS.md.
pub const ALL: &[Declaration] = &[
    FAULTS_BEGUN.declaration(),
    FAULTS_ENDED.declaration(),
    FAULT_RECEIPTS.declaration(),
];
