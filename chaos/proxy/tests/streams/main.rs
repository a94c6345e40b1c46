//! Everything that needs no broker.
//!
//! - [`frames`]: cutting, and what is malformed.
//! - [`identity`]: with no rule in force, what leaves is what came.
//! - [`faulty`]: with rules in force, what leaves is still AMQP.
//! - [`confirms`], [`deliveries`]: renumbered tags against a naive book-keeper.
//! - [`consumers`]: which queue a consumer reads.
//! - [`selection`]: which messages a rule is for, and what their receipts say.
//! - [`answers`]: what a publisher is told, and what a message says.
//! - [`shelving`]: what is held while others pass, and reordered.
//! - [`events`]: what a broker says unasked.
//! - [`relay`]: sockets, before a broker of a few lines.
//!
//! [`traffic`] makes the streams, with amq-protocol as the other implementation;
//! [`wire`] is a connection to say and hear them on, [`site`] one of sockets.

mod answers;
mod confirms;
mod consumers;
mod deliveries;
mod events;
mod faulty;
mod frames;
mod identity;
mod relay;
mod selection;
mod shelving;
mod site;
mod traffic;
mod wire;
