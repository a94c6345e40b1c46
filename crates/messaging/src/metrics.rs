//! Every metric of a messaging service, declared once.

use telemetry::{Counter, Declaration, Gauge, Histogram, Unit};

pub static EVENTS: Counter = Counter::new(
    "breakwater_events_total",
    Unit::Count,
    &["event"],
    "Domain events committed.",
);

pub static MESSAGES_HANDLED: Counter = Counter::new(
    "breakwater_messages_handled_total",
    Unit::Count,
    &["kind", "outcome"],
    "Messages settled: processed, duplicate or dead_lettered.",
);

pub static PUBLISHED: Counter = Counter::new(
    "breakwater_published_total",
    Unit::Count,
    &["outcome"],
    "Publishes by what the broker said: confirmed, nacked, returned or unknown.",
);

pub static OUTBOX_ROWS: Gauge = Gauge::new(
    "breakwater_outbox_rows",
    Unit::Count,
    &[],
    "Rows in the outbox, counted in the database each second.",
);

pub static OUTBOX_OLDEST_AGE: Gauge = Gauge::new(
    "breakwater_outbox_oldest_age_seconds",
    Unit::Seconds,
    &[],
    "Age of the oldest row in the outbox; 0 when it is empty.",
);

pub static ENTITIES: Gauge = Gauge::new(
    "breakwater_entities",
    Unit::Count,
    &["state"],
    "Entities of the service by state, counted in the database each second.",
);

pub static BATCH_SIZE: Histogram = Histogram::new(
    "breakwater_batch_size",
    Unit::Count,
    &[],
    "Messages and commands that shared one transaction.",
);

pub static BATCH_SECONDS: Histogram = Histogram::new(
    "breakwater_batch_seconds",
    Unit::Seconds,
    &[],
    "From the first statement of a batch to its commit.",
);

pub const ALL: &[Declaration] = &[
    EVENTS.declaration(),
    MESSAGES_HANDLED.declaration(),
    PUBLISHED.declaration(),
    OUTBOX_ROWS.declaration(),
    OUTBOX_OLDEST_AGE.declaration(),
    ENTITIES.declaration(),
    BATCH_SIZE.declaration(),
    BATCH_SECONDS.declaration(),
];
