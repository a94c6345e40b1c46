//! The registry's process: one listener, one catalogue.

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Duration;

use lifecycle::{Environment, Failure, Process};
use registry::server::Registry;

/// Held queries are answered at once on shutdown; this is for whoever is in the middle of something.
const DRAIN_LIMIT: Duration = Duration::from_secs(6);

fn main() -> ExitCode {
    lifecycle::main(run())
}

async fn run() -> Result<ExitCode, Failure> {
    let mut env = Environment::read("registry");
    let settings = Process::from_env(&mut env, "registry");
    let settings = env.checked(settings)?;
    let public_addr = settings.public_addr;

    let mut running = lifecycle::start(settings)?;
    let registry = Registry::new(running.shutdown.clone());
    running.serve(registry.router(), public_addr)?;
    running.spawn("expiry", registry.expire());
    Ok(running.finish(DRAIN_LIMIT).await)
}
