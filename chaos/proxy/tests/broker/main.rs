//! A real RabbitMQ, and lapin in front of the proxy: the client that gives up a channel
//! over a confirm it does not expect.
//!
//! - [`publishing`]: faults towards the broker, and of its confirms.
//! - [`delivering`]: faults towards the consumer.
//! - [`holding`]: what is held, reordered, denied, returned, damaged.
//! - [`events`]: what a broker says unasked.
//! - [`site`]: proxy, client, queue. [`server`]: the broker, and a proxy before it.

mod delivering;
mod events;
mod holding;
mod publishing;
mod server;
mod site;
