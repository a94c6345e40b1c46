//! The projection of the read side, apart from its process, so that a simulation can run
//! it in a world of its own.
//!
//! - [`view`]: how events make a row, pure. [`lease`]: who projects, and how far, pure.
//! - [`projector`]: follows the log while it holds the lease.
//! - [`read_model`]: the seam to the database. [`metrics`]: what is measured of it.

#![forbid(unsafe_code)]

pub mod lease;
pub mod metrics;
pub mod projector;
pub mod read_model;
pub mod view;
