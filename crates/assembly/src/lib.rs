//! A service's process, put together from the mechanisms, so that a service's `main`
//! says only what is its own.
//!
//! ```text
//! settings -> telemetry, admin port -> database (migrated) -> pipeline -> HTTP -> registered
//!                                                        drain: the same, backwards
//! ```
//!
//! # Layout
//!
//! - [`settings`]: database, broker and discovery, from the environment.
//! - [`database`]: waiting for it, migrating it, watching it.
//! - [`host`]: a participant's process from start to exit code.
//! - `crash_points`: ending where an experiment says, behind a feature.
//! - [`answers`]: what HTTP says when a command or a read could not be done.

pub mod answers;
#[cfg(feature = "crash-points")]
mod crash_points;
pub mod database;
pub mod host;
pub mod settings;

pub use answers::{read, refused};
pub use host::{Host, participant};
pub use settings::Settings;

/// A participant's own part of the topology: its queue, what it hears, and the log, so
/// that nothing it publishes is without a queue. `log` is the stream's name and size.
pub fn topology(
    queue: &str,
    routing_keys: impl Iterator<Item = String>,
    log: (&str, u64),
) -> messaging::Topology {
    let keys: Vec<String> = routing_keys.collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    messaging::Topology::new()
        .participant(queue, &keys)
        .log(log.0, log.1)
}

/// Links the readiness of a part of messaging to a gate of the process.
pub fn gate(gate: lifecycle::Gate) -> messaging::Gate {
    let closing = gate.clone();
    messaging::Gate::new(move || gate.open(), move |why| closing.close(why))
}
