//! What every process of the system does the same way, from its first line to its exit code.
//!
//! # Layout
//! - [`main`]: builds the runtime, runs the service, turns a failure into an exit code.
//! - [`Environment`]: configuration from the environment, all mistakes named at once.
//! - [`ProcessSettings`]: the settings every process has; [`start`] turns them into a [`Running`] process with
//!   telemetry and an admin port, [`Running::finish`] drains it.
//! - [`Readiness`] and [`Gate`]: what has to be up before work may come; [`Shutdown`]: the drain signal.
//! - [`server`]: the accept loop, with its limits and its drain.
//! - [`layers`]: the stack of a service's HTTP side, listed once; its parts are [`trace`] and [`deadline`].
//! - [`problem`]: every refusal as RFC 9457 `application/problem+json`, from one catalogue.
//! - [`json`], [`query`], [`idempotency`]: extractors that refuse with those problems.
//! - [`metrics`]: the HTTP metrics every service has.
//!
//! # Invariants
//! - A process never starts on half a configuration, and never prints a secret while saying so.
//! - The admin port answers until the very end, so that a drain can be watched.
//! - This crate knows no service, no broker and no database.

#![forbid(unsafe_code)]

mod admin;
pub mod deadline;
mod environment;
pub mod idempotency;
pub mod json;
pub mod layers;
pub mod metrics;
pub mod problem;
pub mod query;
mod readiness;
mod running;
pub mod server;
mod settings;
mod shutdown;
pub mod trace;

use std::fmt::Display;
use std::process::ExitCode;

pub use environment::{ConfigError, Environment};
pub use readiness::{Gate, Readiness};
pub use running::{Running, StartError, start, start_with};
pub use settings::ProcessSettings;
pub use shutdown::Shutdown;

/// Short for [`ProcessSettings`] where a service reads its own settings.
pub type Process = ProcessSettings;

/// `EX_CONFIG` of sysexits.h: restarting does not help, somebody has to change the configuration.
pub const EXIT_CONFIG: u8 = 78;

/// Why a process could not run.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Other(String),
}

impl Failure {
    pub fn other(error: impl Display) -> Self {
        Self::Other(error.to_string())
    }
}

/// Runs a service to its end; the whole of a service's `main`.
pub fn main(service: impl Future<Output = Result<ExitCode, Failure>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(service) {
        Ok(code) => code,
        // The mistakes were printed when they were found.
        Err(Failure::Config(_)) => ExitCode::from(EXIT_CONFIG),
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
