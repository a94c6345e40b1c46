//! Shipping: arranges shipments, and owns the pivot of the saga.
//!
//! # Layout
//!
//! - [`tables`]: its SQL. The rules are in `shipping-core`, the messages in `shipping-contract`.

mod tables;

use lifecycle::{Environment, Failure};
use std::process::ExitCode;
use tables::ShippingTables;

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
    let migrations = sqlx::migrate!("./migrations");
    let host = assembly::participant(settings, ShippingTables, topology, migrations).await?;
    Ok(match host {
        Some(host) => host.run().await,
        None => ExitCode::SUCCESS,
    })
}
