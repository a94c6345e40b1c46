//! Proof that a connection was touched.

use crate::rule::Way;
use std::{net::SocketAddr, time::SystemTime};

/// One connection, one fault: the first touch, or each for what happens to single chunks
/// and commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The rule's name.
    pub fault: String,
    /// What was done, as [`crate::rule::Fault::label`] says it.
    pub what: &'static str,
    /// Counts from one on each link; 0 is the listener.
    pub connection: u64,
    /// The listener has none: `0.0.0.0:0`.
    pub client: SocketAddr,
    /// For what has a direction.
    pub way: Option<Way>,
    /// Touched by this receipt; a first touch says nothing of those that follow.
    pub octets: u64,
    pub at: SystemTime,
}

pub type Receipts = amqp_proxy::Receipts<Receipt>;
pub(crate) type Place = amqp_proxy::receipt::Place<Receipt>;
