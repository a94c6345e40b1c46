//! Jaeger's query API v3, the part over HTTP that reads traces.
//!
//! Paths, parameters, status codes and bodies are those of Jaeger 2; `tests/jaeger_api.rs` holds both to them.
//! Two differences: without `query.num_traces` the newest 100 are answered, where Jaeger's memory store fails,
//! and a limit that cannot be is a 400, where it is a 500 there.

mod error;
mod go_duration;
mod parameters;
mod routes;

pub use routes::router;
