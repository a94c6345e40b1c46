//! Accounts of customers, and what is held and captured for orders.
//!
//! Every movement of money is a set of ledger entries that sums to zero; the
//! balances on an account are what the entries add up to.
//!
//! # Layout
//!
//! - [`state`]: accounts, payments, deposits.
//! - [`command`], [`event`]: what can be asked and what can happen.
//! - [`payments`]: the rules. [`ledger`]: which entries an event makes.
//! - [`wire`]: which messages it hears and says.

pub mod command;
pub mod event;
pub mod ledger;
pub mod payments;
pub mod state;
pub mod wire;

#[cfg(test)]
mod tests;

pub use command::{Command, Rejection};
pub use event::Event;
pub use payments::Payments;
pub use state::{Account, Deposit, Payment, State};
pub use wire::Inbound;
