//! - [`pipeline`]: the whole pipeline in memory, with paused time and injected faults.
//! - [`conformance`]: one suite for both brokers.
//! - [`store`]: one suite for both stores.
//! - [`follower`]: the log, followed across cuts, over both brokers.
//! - [`failure_modes`]: RabbitMQ and PostgreSQL, broken for real.
//!
//! [`tally`] is the participant, [`servers`] the real broker and database, [`middleman`]
//! the connection that can be tampered with.

mod conformance;
mod failure_modes;
mod follower;
mod middleman;
mod patience;
mod pipeline;
mod servers;
mod store;
mod tally;
