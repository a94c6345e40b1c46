//! What the registry tells about itself.

use telemetry::{Declaration, Gauge, Unit};

pub(crate) static INSTANCES: Gauge = Gauge::new(
    "breakwater_registry_instances",
    Unit::Count,
    &["status"],
    "Registered instances by the status of their check.",
);

/// For METRICS.md.
pub const ALL: &[Declaration] = &[INSTANCES.declaration()];
