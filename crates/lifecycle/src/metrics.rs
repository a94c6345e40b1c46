//! The HTTP metrics every service has.

use telemetry::{Counter, Declaration, Histogram, Unit};

pub(crate) static REQUESTS: Counter = Counter::new(
    "breakwater_http_requests_total",
    Unit::Count,
    &["route", "method", "status"],
    "Requests answered; route is the pattern that matched, none when none did.",
);

pub(crate) static REQUEST_SECONDS: Histogram = Histogram::new(
    "breakwater_http_request_seconds",
    Unit::Seconds,
    &["route"],
    "Time from a request's head to its answer's head.",
);

/// For METRICS.md.
pub const ALL: &[Declaration] = &[REQUESTS.declaration(), REQUEST_SECONDS.declaration()];
