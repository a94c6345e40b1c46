//! The agent against a control API and a broker that are stand-ins: what it does when they answer late, wrongly or not
//! at all, and what is left when an experiment is over.
//!
//! - [`site`]: an agent with its stand-ins. [`control`]: the platform's processes. [`broker`]: the management API.

mod broker;
mod control;
mod site;

mod consumer_timeout;
mod effects;
mod heartbeats;
mod overlap;
mod own_process;
mod unknown_outcome;
