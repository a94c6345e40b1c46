//! Messages between services that survive what brokers, networks and databases do.
//!
//! ```text
//!             consume                 one transaction                      publish
//! queue ──> [Delivery; N] ──> inbox ─> load ─> decide/evolve ─> save ─> outbox ──> exchange
//!             │    ack(multiple) after commit <──┘                        │  confirmed rows deleted
//!             └─ poison ──> dead letters                       relay ─────┘  (what the hot path left)
//! ```
//!
//! # Layout
//!
//! - [`message`]: bytes with properties and headers, as a broker carries them.
//! - [`envelope`]: what our messages say about themselves; the one strict parser.
//! - [`topology`]: exchanges, queues and bindings as plain data.
//! - [`broker`]: the seam: [`broker::amqp`] (RabbitMQ) and [`broker::memory`] (deterministic).
//! - [`link`]: the connection supervisor: connect, declare, run; on any error tear down, for ever.
//! - [`store`]: the seam to inbox, outbox and state: [`store::postgres`] and [`store::memory`].
//! - [`pipeline`]: the batch consumer, commands from HTTP, the publisher, quarantine.
//! - [`relay`]: the recovery path of the outbox, and its level.
//! - [`stream`]: reading the replayable log from an offset.
//! - [`service`]: the assembly that a service's `main` starts and drains.
//! - [`clock`], [`entropy`], [`backoff`], [`gate`]: what the pipeline may not reach by itself.
//! - [`crash_points`]: where a process may be told to end, behind a feature.
//! - [`metrics`]: every metric, declared once.
//!
//! # Invariants
//!
//! - An acknowledgement is sent only after the commit that holds its effect, or after
//!   the message is confirmed in the dead-letter queue.
//! - An outbox row is deleted only after its own publish was confirmed and not returned.
//! - Every await on a broker or a database has a deadline; every buffer has a bound.
//! - Pipeline and relay read no clock and draw no random number of their own.

#![forbid(unsafe_code)]

pub mod backoff;
pub mod broker;
pub mod clock;
pub mod crash_points;
pub mod entropy;
pub mod envelope;
pub mod gate;
pub mod link;
pub mod message;
pub mod metrics;
pub mod pipeline;
pub mod relay;
pub mod service;
pub mod store;
pub mod stream;
pub mod topology;

pub use broker::{Broker, Role};
pub use clock::{Clock, SystemClock};
pub use entropy::{Entropy, SplitMix};
pub use envelope::Envelope;
pub use gate::Gate;
pub use pipeline::{CommandSender, ExecuteError};
pub use relay::OutboxLevel;
pub use service::{Service, Settings};
pub use topology::Topology;
