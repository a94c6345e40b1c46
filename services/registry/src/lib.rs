//! An embedded service registry that speaks the part of Consul's HTTP API that `discovery` and Consul's own
//! clients need to register with a TTL check and to look up.
//!
//! # Layout
//! - [`catalogue`]: who is registered and how they are; pure, the time is an argument.
//! - [`definition`]: what a registration may say, parsed from Consul's JSON.
//! - [`duration`]: durations as Go writes them.
//! - [`server`]: the HTTP side, [`answers`] its JSON.
//! - [`metrics`]: what it tells about itself.
//!
//! # What it is not
//! One process, in memory: no cluster, no key-value store, no access lists, no checks but TTL. After a restart it
//! knows nobody until they renew, which they do within seconds; until then callers keep whom they knew. Where more
//! is needed a real Consul takes its place by one setting.

#![forbid(unsafe_code)]

pub mod answers;
pub mod catalogue;
pub mod definition;
pub mod duration;
pub mod metrics;
pub mod server;
