//! What `make bench` runs: the figures of BENCHMARKS.md, and beside each the machine's own limit.
//!
//! # Layout
//! - [`settings`]: the command line
//! - [`machine`]: what the figures were measured on
//! - [`system`]: a private platform under an open loop: start, memory, latency, highest rate, what an order costs
//! - [`generators`]: beside that, `loadgen`'s load and those that others wrote, against a stub
//! - [`limits`]: the same machine's RabbitMQ and PostgreSQL with nothing of ours around them
//! - [`run`]: the order of all that, and [`run::Figures`]
//! - [`report`]: the figures as Markdown, and the place they have in BENCHMARKS.md
//!
//! # Invariants
//! - Nothing here passes or fails by speed. It fails only when it cannot measure.
//! - The load is `loadgen`'s open loop, late sends and drops counted: nothing here waits for the system and calls the
//!   rest its rate.
//! - Servers commit to the disk as in production, in measuring us and in measuring them.
#![forbid(unsafe_code)]

pub mod generators;
pub mod limits;
pub mod machine;
pub mod report;
pub mod run;
pub mod settings;
pub mod system;
