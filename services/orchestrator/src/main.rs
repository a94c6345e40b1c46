//! The orchestrator: drives the sagas of orders that are orchestrated.
//!
//! # Layout
//!
//! - [`orchestrator::tables`]: its SQL. The saga is in `orchestrator-core`; it speaks everybody's contract.

use lifecycle::{Environment, Failure};
use orchestrator::tables::OrchestratorTables;
use std::process::ExitCode;

fn main() -> ExitCode {
    lifecycle::main(run())
}

async fn run() -> Result<ExitCode, Failure> {
    let mut env = Environment::read("orchestrator");
    let settings = assembly::Settings::from_env(&mut env, "orchestrator");
    let settings = env.checked(settings)?;
    let subscription = topology::subscription(topology::ORCHESTRATOR)
        .ok_or_else(|| Failure::other("the topology has no queue for this service"))?;
    let topology = assembly::topology(
        subscription.queue,
        subscription.routing_keys(),
        (topology::EVENTS_LOG, topology::EVENTS_LOG_BYTES_MAX),
    );
    let host = assembly::participant(
        settings,
        OrchestratorTables,
        topology,
        orchestrator::migrations(),
    )
    .await?;
    Ok(match host {
        Some(host) => host.run().await,
        None => ExitCode::SUCCESS,
    })
}
