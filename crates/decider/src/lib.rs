//! The sans-IO core of a service, as a trait.
//!
//! A core is plain functions over plain data. Time, ids and every choice arrive
//! inside the command; what should happen leaves as events. The same functions
//! are driven by production (one SQL transaction a batch), by examples and
//! properties, by the seeded simulation and by the model checker.
//!
//! # Layout
//!
//! - [`core`]: [`Decider`] and [`Participant`], the two traits a core implements.
//! - [`message`]: what a contract's message must say of itself to be sent and heard.
//! - [`coordination`]: choreography or orchestration, chosen per order.
//! - [`changes`]: what a batch changed, as rows to insert and rows to update.
//! - [`golden`]: the wire form of a contract, held to examples.
//! - [`scenario`]: given / when / then, for tests that read like sentences.
//!
//! **Invariant:** nothing here, and nothing that implements these traits, does IO,
//! reads a clock, draws a random number or awaits.

pub mod changes;
pub mod coordination;
pub mod core;
pub mod golden;
pub mod message;
pub mod scenario;

pub use changes::Changes;
pub use coordination::Coordination;
pub use core::{Decider, Participant};
pub use message::{
    Destination, Incoming, OneOf, Outgoing, ParseError, encode_tagged, message_id, parse_tagged,
};
