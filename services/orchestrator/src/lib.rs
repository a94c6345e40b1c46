//! The orchestrator's SQL, apart from its process, so that tests can hold it against the core.
//!
//! - [`tables`]: the rows that a batch touches. [`migrations`]: what they stand in.

#![forbid(unsafe_code)]

pub mod tables;

use sqlx::migrate::Migrator;

pub fn migrations() -> Migrator {
    sqlx::migrate!("./migrations")
}
