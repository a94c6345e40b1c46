//! Thousands of seeded worlds: the production pipeline and the production cores over
//! servers and a clock that are simulated, and judged as a real run is.
//!
//! ```text
//! seed ─> world: time, chance, faults ─> director ─> orders, storm, rest ─> evidence ─> verdict
//!                    │                      │
//!                    │   client ── orders-1, orders-2, inventory-1, ... order-view-2
//!                    └──> broker, databases ──┘    (messaging::Service over real cores)
//! ```
//!
//! Nothing here is a model of the pipeline: `messaging::Service` runs as it does in
//! production, over this crate's `Broker`, `Store`, `Clock` and `Entropy`.
//!
//! # Layout
//!
//! - [`settings`]: what one run is. [`run`]: from settings to a verdict.
//! - [`executor`], [`timeline`], [`world`]: one thread, simulated time, what all share.
//! - [`faults`]: what can go wrong, and which of it does. [`process`]: what can stop.
//! - [`broker`], [`store`]: the servers. [`projection`], [`deadlines`]: what the loops of
//!   order-view and orders find in theirs.
//! - [`system`], [`instance`], [`fleet`]: the servers, a process, all processes.
//! - [`director`], [`setup`]: the course of a run. [`plan`], [`client`]: who orders what.
//! - [`campaign`]: many runs. [`shrink`], [`file`]: a failure made small, and kept.
//! - [`evidence`], [`judgement`], [`sometimes`]: what the judge is shown, and what it says.
//!
//! **Invariant:** the same settings give the same trace, byte for byte. Nothing reads the
//! machine's clock, draws a number of its own, or depends on the order of a hash map.

#![forbid(unsafe_code)]

pub mod broker;
pub mod campaign;
pub mod client;
pub mod deadlines;
pub mod director;
pub mod evidence;
pub mod executor;
pub mod faults;
pub mod file;
pub mod fleet;
pub mod instance;
pub mod judgement;
pub mod plan;
pub mod process;
pub mod projection;
pub mod run;
pub mod settings;
pub mod setup;
pub mod shrink;
pub mod sometimes;
pub mod store;
pub mod system;
pub mod timeline;
pub mod world;
