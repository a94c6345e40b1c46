//! Orders: takes orders in, and says how they ended.
//!
//! # Layout
//!
//! - [`http`]: its part of the public API, a file a route.
//! - [`settings`]: how orders are placed.
//! - [`orders`]: its SQL, and who looks after deadlines. The rules are in `orders-core`, the messages in `orders-contract`.

mod http;
mod settings;

use lifecycle::{Environment, Failure};
use messaging::{CommandSender, SystemClock};
use orders::{deadlines, tables::OrdersTables};
use orders_core::Orders;
use settings::Placing;
use std::process::ExitCode;

type Commands = CommandSender<Orders>;

fn main() -> ExitCode {
    lifecycle::main(run())
}

async fn run() -> Result<ExitCode, Failure> {
    let mut env = Environment::read("orders");
    let settings = assembly::Settings::from_env(&mut env, "orders");
    let placing = Placing::from_env(&mut env);
    let settings = env.checked(settings)?;
    let subscription = topology::subscription(orders_contract::QUEUE)
        .ok_or_else(|| Failure::other("the topology has no queue for this service"))?;
    let topology = assembly::topology(
        subscription.queue,
        subscription.routing_keys(),
        (topology::EVENTS_LOG, topology::EVENTS_LOG_BYTES_MAX),
    );
    let host =
        assembly::participant(settings, OrdersTables, topology, orders::migrations()).await?;
    let Some(mut host) = host else {
        return Ok(ExitCode::SUCCESS);
    };
    let sweep = deadlines::sweep(host.pool.clone(), host.commands(), SystemClock);
    let shutdown = host.running.shutdown.clone();
    host.running.spawn("deadlines", async move {
        tokio::select! {
            () = sweep => {}
            () = shutdown.requested() => {}
        }
    });
    let api = http::Api {
        commands: host.commands(),
        outbox: host.outbox_level(),
        placing,
        clock: SystemClock,
    };
    host.serve(http::router(api)).await
}
