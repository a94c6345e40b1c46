//! The orchestrated saga.
//!
//! ```text
//! reserving -> holding -> arranging -> completing -> confirming -> done
//!     |           |           |         (the pivot is passed: only forward)
//!     +-----------+-----------+--> compensating -> closing -> done
//! ```
//!
//! It reacts to the participants' events, the same that choreography passes on, and
//! commands the next step. A cancel is put to the owner of the pivot; compensation
//! starts when that answers *voided* and ends when every participant has said that
//! nothing is held or reserved any more.
//!
//! # Layout
//!
//! - [`state`]: sagas by order, and the phases of one.
//! - [`event`]: the transitions. [`observe`]: which transition an observation makes.
//! - [`orchestrator`]: the core itself. [`wire`]: what it hears and commands.

pub mod event;
pub mod observe;
pub mod orchestrator;
pub mod state;
pub mod wire;

#[cfg(test)]
mod tests;

pub use event::{Ask, Event};
pub use observe::Rejection;
pub use orchestrator::{Command, Orchestrator};
pub use state::{Phase, Saga, State, Verdict};
pub use wire::{Inbound, Outbound};
