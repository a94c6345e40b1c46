//! What the gateway tells about itself.

use telemetry::{Counter, Declaration, Unit};

pub(crate) static FORWARDED: Counter = Counter::new(
    "breakwater_gateway_forwarded_total",
    Unit::Count,
    &["service", "outcome"],
    "Attempts to send a request on: answered, refused (no connection, another instance is asked), failed (the \
     outcome is unknown), timed_out (as well), no_instance.",
);

/// For METRICS.md.
pub const ALL: &[Declaration] = &[FORWARDED.declaration()];
