//! How one service finds the instances of another, and is found.
//!
//! # Layout
//! - [`Backend`]: the seam. Three of them: [`Consul`]'s HTTP API, [`Dns`] (headless services), [`Fixed`] (a list).
//! - [`Discovery`]: the back-end a setting names, such as `consul:http://127.0.0.1:8500`.
//! - [`Registration`]: keeps an instance registered until it drains.
//! - [`Resolver`]: the instances of one service, kept up to date behind a cheap snapshot.
//!
//! # Invariants
//! - A back-end that is away changes nothing: the last known instances stay known.
//! - Every call to a back-end has a deadline, every retry has jitter.
//! - Nothing here judges whether an instance works; who calls it finds out.

#![forbid(unsafe_code)]

mod backoff;
mod consul;
mod dns;
mod fixed;
mod registration;
mod resolver;
mod setting;

use std::net::SocketAddr;

pub use consul::Consul;
pub use dns::Dns;
pub use fixed::Fixed;
pub use registration::Registration;
pub use resolver::Resolver;
pub use setting::{Discovery, SettingError};

/// An instance that registers itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// `orders`
    pub service: String,
    /// `orders-1`; registering the same id again replaces the address.
    pub id: String,
    pub addr: SocketAddr,
}

/// An instance as others see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    pub instance: String,
    pub addr: SocketAddr,
}

/// What a back-end answered, and the version by which to ask for the next change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub endpoints: Vec<Endpoint>,
    pub version: u64,
}

/// Whether the back-end still knew who renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    Renewed,
    /// It restarted or gave up on the instance: register again.
    Forgotten,
}

/// Why a back-end did not answer what was asked.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    #[error("{0} refused: {1}")]
    Refused(String, String),
    #[error("{0} answered what it should not: {1}")]
    Malformed(String, String),
}

/// Where instances are announced and looked up.
///
/// Back-ends in which somebody else keeps the list (DNS, a fixed one) take announcements and do nothing.
pub trait Backend: Send + Sync + 'static {
    /// The instances of `service`: at once when `seen` is `None` or no longer the newest version, otherwise when
    /// something changes or a bounded wait is over.
    fn watch(
        &self,
        service: &str,
        seen: Option<u64>,
    ) -> impl Future<Output = Result<Known, BackendError>> + Send;

    fn register(
        &self,
        instance: &Instance,
    ) -> impl Future<Output = Result<(), BackendError>> + Send;

    fn renew(
        &self,
        instance: &Instance,
    ) -> impl Future<Output = Result<Renewal, BackendError>> + Send;

    fn deregister(
        &self,
        instance: &Instance,
    ) -> impl Future<Output = Result<(), BackendError>> + Send;
}
