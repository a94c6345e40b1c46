//! A real RabbitMQ, and lapin in front of the proxy: the client that gives up a channel
//! over a confirm it does not expect.
//!
//! - [`publishing`]: faults towards the broker, and of its confirms.
//! - [`delivering`]: faults towards the consumer.
//! - [`site`]: broker, proxy, client.

mod delivering;
mod publishing;
mod site;
