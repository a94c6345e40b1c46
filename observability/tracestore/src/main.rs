//! The trace store as a process; its settings are listed in [`tracestore::settings`].

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Duration;

use lifecycle::{Environment, Failure};
use tracestore::settings::Settings;
use tracestore::shared::SharedStore;
use tracestore::store::Store;
use tracestore::{ingest, listeners};

/// Below the ten seconds between SIGTERM and SIGKILL that orchestrators give.
const DRAIN_LIMIT: Duration = Duration::from_secs(8);

fn main() -> ExitCode {
    lifecycle::main(run())
}

async fn run() -> Result<ExitCode, Failure> {
    let mut env = Environment::read("tracestore");
    let settings = Settings::read(&mut env);
    let settings = env.checked(settings)?;
    let mut running = lifecycle::start(settings.process.clone())?;
    let gate = running.readiness.gate("listeners");

    let store = SharedStore::new(Store::new(settings.memory_limit_bytes));
    let grpc = tokio::net::TcpListener::bind(settings.otlp_grpc_addr)
        .await
        .map_err(|error| {
            Failure::other(format!(
                "{} cannot be listened on: {error}",
                settings.otlp_grpc_addr
            ))
        })?;
    running.serve(listeners::otlp_http(store.clone()), settings.otlp_http_addr)?;
    running.serve(
        listeners::public(store.clone()),
        settings.process.public_addr,
    )?;
    let shutdown = running.shutdown.clone();
    running.spawn("otlp-grpc", async move {
        if let Err(error) =
            ingest::grpc::serve(grpc, store, async move { shutdown.requested().await }).await
        {
            tracing::error!(%error, "OTLP over gRPC is not served any more");
        }
    });
    gate.open();
    Ok(running.finish(DRAIN_LIMIT).await)
}
