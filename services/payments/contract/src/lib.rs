//! What payments says and hears.
//!
//! # Layout
//!
//! - [`event`]: what happened to an order's payment. [`command`]: what the orchestrator asks.

pub mod command;
pub mod event;

pub use command::PaymentsCommand;
pub use event::PaymentEvent;

/// The queue of the service, and the key of its commands.
pub const QUEUE: &str = "payments";
