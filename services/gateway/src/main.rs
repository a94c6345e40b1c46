//! The gateway's process: one public listener, one resolver for each service it routes to.
//!
//! Beside what every process has: `DISCOVERY` (required; see `discovery`) and `GATEWAY_ROUTES` (see [`routes`]).
//!
//! [`routes`]: gateway::routes

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Duration;

use discovery::Discovery;
use gateway::routes::Routes;
use lifecycle::{Environment, Failure, Process};

/// Longer than the server's own drain (5 s), so that it is the one that says what was cut off.
const DRAIN_LIMIT: Duration = Duration::from_secs(7);

struct Settings {
    process: Process,
    discovery: Discovery,
    routes: Routes,
}

impl Settings {
    fn read(env: &mut Environment) -> Option<Self> {
        let process = Process::from_env(env, "gateway");
        let discovery = env.required("DISCOVERY");
        let routes = env.or("GATEWAY_ROUTES", Routes::default());
        Some(Self {
            process: process?,
            discovery: discovery?,
            routes,
        })
    }
}

fn main() -> ExitCode {
    lifecycle::main(run())
}

async fn run() -> Result<ExitCode, Failure> {
    let mut env = Environment::read("gateway");
    let settings = Settings::read(&mut env);
    let Settings {
        process,
        discovery,
        routes,
    } = env.checked(settings)?;
    let public_addr = process.public_addr;

    let mut running = lifecycle::start(process)?;
    let found = running.readiness.gate("discovery");
    let (router, upstreams) = gateway::gateway(routes, &discovery);
    running.serve(router, public_addr)?;
    let shutdown = running.shutdown.clone();
    running.spawn("discovery", async move {
        tokio::select! {
            () = upstreams.answered() => found.open(),
            () = shutdown.requested() => {}
        }
        shutdown.requested().await;
    });
    Ok(running.finish(DRAIN_LIMIT).await)
}
