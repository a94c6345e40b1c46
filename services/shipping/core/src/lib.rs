//! Shipments, and the pivot of the saga.
//!
//! Arranging the shipment is the pivot, and this core owns it: whichever of
//! *arrange* and *void* it decides first is what happened. A void that comes first
//! leaves a tombstone; one that comes later is answered with the arranged event.
//!
//! # Layout
//!
//! - [`state`]: shipments by order, and where we ship to.
//! - [`shipping`]: the rules. [`wire`]: which messages it hears and says.

pub mod shipping;
pub mod state;
pub mod wire;

#[cfg(test)]
mod tests;

pub use shipping::{Command, Event, Rejection, Shipping};
pub use state::{Shipment, State};
pub use wire::Inbound;
