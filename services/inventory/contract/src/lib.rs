//! What inventory says and hears.
//!
//! # Layout
//!
//! - [`stock`]: what happened to an order's stock. [`catalogue`]: SKUs and prices,
//!   for those who keep a replica. [`command`]: what the orchestrator asks.

pub mod catalogue;
pub mod command;
pub mod stock;

pub use catalogue::CatalogueEvent;
pub use command::InventoryCommand;
pub use stock::StockEvent;

/// The queue of the service, and the key of its commands.
pub const QUEUE: &str = "inventory";
