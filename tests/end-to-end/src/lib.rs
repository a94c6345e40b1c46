//! The whole system on a private platform, and the words its tests are written in.
//!
//! # Layout
//!
//! - [`platform`]: one platform a test binary, started by the first test, gone with the process.
//! - [`system`]: what a test holds: addresses, a client, the right to disturb.
//! - [`shop`]: SKUs, customers and orders that belong to one test.
//! - [`patience`]: waiting for conditions, never for time.

pub mod patience;
pub mod platform;
pub mod shop;
pub mod system;

pub use patience::eventually;
pub use shop::{Basket, Shop};
pub use system::{Answer, System};
