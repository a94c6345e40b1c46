//! A TCP link between one client process and one dependency, which can be made slow, cut,
//! silent or wrong.
//!
//! ```text
//!          ┌ reset? ─ answer? ─ blackhole? ─ commit? ─ corrupt? ─ latency? bandwidth? ┐
//! client ──┤                                                                          ├── upstream
//!          └──────────────────── no rule in force: one buffer ────────────────────────┘
//! ```
//!
//! # Layout
//!
//! - [`rule`]: a fault as data. [`faults`]: the rules in force, as leases.
//! - [`receipt`]: proof that a connection was touched. `subject`: what a connection has to do
//!   with the rules, and which have touched it.
//! - `fault`: a file for each fault that has behaviour of its own.
//! - [`lane`]: octets that wait, in order and within a bound.
//! - [`postgres`]: where a stream's messages begin and end, which is a COMMIT, and which is
//!   its answer.
//! - [`relay`]: the sockets.
//!
//! # Invariants
//!
//! - With no rule in force, what leaves is what came, at once and in order; the end of one
//!   direction is the end of that direction alone.
//! - A rule takes effect on connections that are open, and ends with its lease to the
//!   moment, traffic or not.
//! - What waits is bounded in octets; beyond, the sender waits.
//! - A fault without a place for its receipt is not worked.
//! - Nothing a peer sends makes this panic, or remember without a bound.

#![forbid(unsafe_code)]

mod fault;
pub mod faults;
pub mod lane;
pub mod postgres;
pub mod receipt;
pub mod relay;
pub mod rule;
mod subject;

pub use amqp_proxy::Probability;
pub use faults::{Faults, Lease};
pub use receipt::{Receipt, Receipts};
pub use relay::{Link, Protocol, Settings, StartError};
pub use rule::{Fault, Rule, Way};
