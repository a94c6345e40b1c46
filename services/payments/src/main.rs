//! Payments: accounts and a double-entry ledger.
//!
//! # Layout
//!
//! - [`http`]: its part of the public API, a file a route.
//! - [`payments::tables`]: its SQL. The rules are in `payments-core`, the messages in `payments-contract`.

mod http;

use lifecycle::{Environment, Failure};
use messaging::CommandSender;
use payments::tables::PaymentsTables;
use std::process::ExitCode;

type Commands = CommandSender<payments_core::Payments>;

fn main() -> ExitCode {
    lifecycle::main(run())
}

async fn run() -> Result<ExitCode, Failure> {
    let mut env = Environment::read("payments");
    let settings = assembly::Settings::from_env(&mut env, "payments");
    let settings = env.checked(settings)?;
    let subscription = topology::subscription(payments_contract::QUEUE)
        .ok_or_else(|| Failure::other("the topology has no queue for this service"))?;
    let topology = assembly::topology(
        subscription.queue,
        subscription.routing_keys(),
        (topology::EVENTS_LOG, topology::EVENTS_LOG_BYTES_MAX),
    );
    let host =
        assembly::participant(settings, PaymentsTables, topology, payments::migrations()).await?;
    let Some(host) = host else {
        return Ok(ExitCode::SUCCESS);
    };
    let api = http::Api {
        commands: host.commands(),
        pool: host.pool.clone(),
    };
    host.serve(http::router(api)).await
}
