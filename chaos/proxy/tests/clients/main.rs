//! A real RabbitMQ, and clients that are not written in Rust: Python's pika, and RabbitMQ's
//! own for Go, each where its language is and its package can be had. What they read out of
//! the protocol differs: pika leaves confirms to be counted by its user, Go's client answers
//! a `basic.cancel` that it did not ask for.
//!
//! - [`publishing`]: confirms, returns. [`delivering`]: tags and acknowledgements.
//!   [`events`]: what a broker says unasked.
//! - [`talk`]: what a client is told to do, and what it saw. [`site`]: one client at work.
//! - [`foreign`]: the clients that are here. [`server`]: the broker, and a proxy before it.

mod delivering;
mod events;
mod foreign;
mod publishing;
#[path = "../broker/server.rs"]
mod server;
mod site;
mod talk;
