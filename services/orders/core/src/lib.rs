//! Orders: what was asked, and how it ended.
//!
//! An order is placed against a replica of the catalogue, so placing it asks nobody.
//! It ends once: confirmed when the payment is captured and the stock dispatched,
//! rejected when a participant refuses, cancelled when the owner of the pivot says
//! that a cancel came first.
//!
//! # Layout
//!
//! - [`state`]: orders and the replica of the catalogue.
//! - [`command`], [`event`]: what can be asked and what can happen.
//! - [`orders`]: the rules. [`place`]: those of placing one.
//! - [`wire`]: which messages it hears and says.

pub mod command;
pub mod event;
pub mod orders;
pub mod place;
pub mod state;
pub mod wire;

#[cfg(test)]
mod tests;

pub use command::{Command, Item, Placement, Rejection};
pub use event::Event;
pub use orders::Orders;
pub use state::{Order, Price, State};
pub use wire::Inbound;
