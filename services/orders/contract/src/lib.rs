//! What orders says and hears, and the words of an order that every contract uses.
//!
//! # Layout
//!
//! - [`order`]: an order's facts: ids, lines, address, total.
//! - [`text`]: the short texts in it, each parsed once, at the edge.
//! - [`status`]: how far an order is and why it ended so.
//! - [`event`]: what happened to an order. [`command`]: what the orchestrator asks.

pub mod command;
pub mod event;
pub mod order;
pub mod status;
pub mod text;

pub use command::OrderCommand;
pub use event::OrderEvent;
pub use order::{Line, OrderFacts, OrderId, ShipTo};
pub use status::{Reason, Status};
pub use text::{Country, CustomerId, InvalidText, Postcode, Sku};

/// The queue of the service, and the key of its commands.
pub const QUEUE: &str = "orders";
