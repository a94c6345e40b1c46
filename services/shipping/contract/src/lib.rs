//! What shipping says and hears.
//!
//! # Layout
//!
//! - [`event`]: what happened to an order's shipment. [`command`]: what the orchestrator asks.

pub mod command;
pub mod event;

pub use command::ShippingCommand;
pub use event::ShipmentEvent;

/// The queue of the service, and the key of its commands.
pub const QUEUE: &str = "shipping";
