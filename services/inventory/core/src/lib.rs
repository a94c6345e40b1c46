//! Stock per SKU and reservations per order: all lines or none.
//!
//! # Layout
//!
//! - [`state`]: SKUs, reservations, receipts.
//! - [`command`], [`event`]: what can be asked and what can happen.
//! - [`inventory`]: the rules. [`ledger`]: what moved. [`wire`]: which messages it hears and says.

pub mod command;
pub mod event;
pub mod inventory;
pub mod ledger;
pub mod state;
pub mod wire;

#[cfg(test)]
mod tests;

pub use command::{Command, Rejection};
pub use event::Event;
pub use inventory::Inventory;
pub use state::{Pick, Receipt, Reservation, State, Stock};
pub use wire::{Inbound, Outbound};
