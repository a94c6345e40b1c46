//! An AMQP 0-9-1 proxy that breaks one message and nothing else.
//!
//! ```text
//! client ─> frame ─> unit ─> rule? ─no─────────────────────────────> lane ─> broker
//!                              └yes─> drop, delay, duplicate, mutate, ┘
//!                                       │  return, hold, reorder
//!                                       └─> receipt
//! client <─ lane <─ deliveries, confirms: tags as the client counts them <─ broker
//!        <─ cancel, close, blocked: as a broker says them, and as both sides believe them
//! ```
//!
//! # Layout
//!
//! - [`frame`]: a byte stream cut into frames without copying them; what is malformed.
//! - [`method`]: the few methods that matter; the rest passes unread.
//! - [`unit`]: method, header and body frames that belong together. [`properties`]: what a
//!   content header says.
//! - [`confirms`], [`deliveries`]: tags that client and broker count differently. [`settlement`]:
//!   what one answer covers.
//! - [`consumers`]: which queue a consumer reads.
//! - [`rule`]: a fault as data. [`selector`]: which messages it is for. [`decision`]: chance as a
//!   hash. [`faults`]: the rules in force. [`lease`]: what ends by itself. `labels`: what faults are called.
//! - [`receipt`]: proof that a message was touched.
//! - [`lane`]: order within a channel, and waiting. [`shelf`]: waiting while others pass.
//! - [`session`]: one connection without sockets.
//! - [`relay`]: the sockets.
//! - `encode`: frames of the proxy's own. [`open_files`]: how many connections fit.
//!
//! # Invariants
//!
//! - With no rule in force, what leaves is what came, octet by octet and at once, on every
//!   channel that no fault has touched; a touched channel stays renumbered until it closes.
//! - A message is held back only while a rule in force could choose it or has chosen it, and
//!   then it is forwarded whole or not at all.
//! - No confirm reaches a client that it does not expect, and each of its tags is
//!   confirmed at most once; no acknowledgement reaches the broker for a delivery that the
//!   client has not seen, unless the fault says so.
//! - A fault without a place for its receipt is not worked, nor is one that its message or its
//!   client cannot take: then there is no receipt either.
//! - Nothing a peer sends makes this panic, or remember without a bound.

#![forbid(unsafe_code)]

pub mod confirms;
pub mod consumers;
pub mod decision;
pub mod deliveries;
mod encode;
pub mod faults;
pub mod frame;
mod labels;
pub mod lane;
pub mod lease;
pub mod method;
pub mod open_files;
pub mod properties;
pub mod receipt;
pub mod relay;
pub mod rule;
pub mod selector;
pub mod session;
pub mod settlement;
pub mod shelf;
pub mod unit;

pub use faults::{Faults, Lease};
pub use receipt::{Receipt, Receipts};
pub use relay::{Proxy, Settings, StartError};
pub use rule::{
    ChannelError, Fault, OnBroker, OnConfirm, OnDelivery, OnPublish, Rule, Told, Upstream,
};
pub use selector::{Probability, Selector};
