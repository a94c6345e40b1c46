//! Inventory: stock, reservations, the catalogue.
//!
//! # Layout
//!
//! - [`http`]: its part of the public API, a file a route.
//! - [`inventory::tables`]: its SQL. The rules are in `inventory-core`, the messages in `inventory-contract`.

mod http;

use inventory::tables::InventoryTables;
use lifecycle::{Environment, Failure};
use messaging::CommandSender;
use std::process::ExitCode;

type Commands = CommandSender<inventory_core::Inventory>;

fn main() -> ExitCode {
    lifecycle::main(run())
}

async fn run() -> Result<ExitCode, Failure> {
    let mut env = Environment::read("inventory");
    let settings = assembly::Settings::from_env(&mut env, "inventory");
    let settings = env.checked(settings)?;
    let subscription = topology::subscription(inventory_contract::QUEUE)
        .ok_or_else(|| Failure::other("the topology has no queue for this service"))?;
    let topology = assembly::topology(
        subscription.queue,
        subscription.routing_keys(),
        (topology::EVENTS_LOG, topology::EVENTS_LOG_BYTES_MAX),
    );
    let host =
        assembly::participant(settings, InventoryTables, topology, inventory::migrations()).await?;
    let Some(host) = host else {
        return Ok(ExitCode::SUCCESS);
    };
    let api = http::Api {
        commands: host.commands(),
        pool: host.pool.clone(),
    };
    host.serve(http::router(api)).await
}
