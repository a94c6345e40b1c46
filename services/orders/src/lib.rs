//! Orders' SQL and its clockwork, apart from its process, so that tests can hold the one
//! against the core and run the other in a world of their own.
//!
//! - [`tables`]: the rows that a batch touches. [`migrations`]: what they stand in.
//! - [`deadlines`]: finds the orders whose deadline has come.

#![forbid(unsafe_code)]

pub mod deadlines;
pub mod tables;

use sqlx::migrate::Migrator;

pub fn migrations() -> Migrator {
    sqlx::migrate!("./migrations")
}
