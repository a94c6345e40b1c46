//! Shipping: arranges shipments, and owns the pivot of the saga.
//!
//! # Layout
//!
//! - [`shipping::tables`]: its SQL. The rules are in `shipping-core`, the messages in `shipping-contract`.

use lifecycle::{Environment, Failure};
use shipping::tables::ShippingTables;
use std::process::ExitCode;

fn main() -> ExitCode {
    lifecycle::main(run())
}

async fn run() -> Result<ExitCode, Failure> {
    let mut env = Environment::read("shipping");
    let settings = assembly::Settings::from_env(&mut env, "shipping");
    let settings = env.checked(settings)?;
    let subscription = topology::subscription(shipping_contract::QUEUE)
        .ok_or_else(|| Failure::other("the topology has no queue for this service"))?;
    let topology = assembly::topology(
        subscription.queue,
        subscription.routing_keys(),
        (topology::EVENTS_LOG, topology::EVENTS_LOG_BYTES_MAX),
    );
    let host =
        assembly::participant(settings, ShippingTables, topology, shipping::migrations()).await?;
    Ok(match host {
        Some(host) => host.run().await,
        None => ExitCode::SUCCESS,
    })
}
