//! The read side: projects orders from `events.log` and serves reads.
//!
//! # Layout
//!
//! - [`order_view`]: how events make a row, and who projects.
//! - [`projection`]: rows, offset and lease, in one transaction of PostgreSQL.
//! - [`rows`]: reading them. [`waiting`]: readers that wait for an order.
//! - [`http`]: the reads of the public API, a file a route.

mod http;
mod projection;
mod rows;
mod waiting;

use assembly::{
    Settings,
    database::{self, Prepared},
};
use discovery::{Instance, Registration};
use lifecycle::{Environment, Failure};
use messaging::{
    SplitMix, SystemClock, Topology,
    store::postgres::{PoolSettings, connect},
    stream::{Follower, FollowerSettings},
};
use order_view::{metrics, projector::Projector};
use projection::PgReadModel;
use std::{process::ExitCode, sync::Arc, time::Duration};
use waiting::WaitingRoom;

/// Entries of the log in one transaction, at most; as many again are on their way meanwhile. At 500 orders/s these are a
/// fifth of a second's, and 2 MB.
const BATCH_MAX: u16 = 1_024;
/// Reads end in seconds, but for those that wait, and these are cut.
const DRAIN: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    lifecycle::main(run())
}

async fn run() -> Result<ExitCode, Failure> {
    let mut env = Environment::read("order-view");
    let settings = Settings::from_env(&mut env, "order-view");
    let settings = env.checked(settings)?;
    let mut running = lifecycle::start(settings.process.clone())?;

    let pool_settings = PoolSettings::new(&settings.database_url, settings.application_name());
    let pool = connect(&pool_settings).map_err(Failure::other)?;
    let migrations = [sqlx::migrate!("./migrations")];
    if database::prepare(&mut running, &pool, migrations).await? == Prepared::Stopped {
        return Ok(ExitCode::SUCCESS);
    }

    let log = Topology::new().log(topology::EVENTS_LOG, topology::EVENTS_LOG_BYTES_MAX);
    let following = FollowerSettings {
        stream: topology::EVENTS_LOG.to_owned(),
        topology: Arc::new(log),
        prefetch: BATCH_MAX,
        gate: messaging::Gate::unwatched(),
    };
    let entropy = Arc::new(SplitMix::from_system());
    let follower = Follower::new(settings.broker, SystemClock, entropy, following, 0);
    let projector = Projector {
        model: PgReadModel(pool.clone()),
        owner: settings.process.instance.clone(),
        clock: SystemClock,
    };
    let shutdown = running.shutdown.clone();
    running.spawn("projector", async move {
        projector.run(follower, shutdown.requested()).await;
    });

    let (waiting, serving_waiters) = WaitingRoom::open(pool.clone());
    let shutdown = running.shutdown.clone();
    running.spawn("waiting", async move {
        tokio::select! {
            () = serving_waiters => {}
            () = shutdown.requested() => {}
        }
    });
    let shutdown = running.shutdown.clone();
    running.spawn("census", metrics::keep(pool.clone(), shutdown));

    let router = lifecycle::layers::service(http::router(http::Api { pool, waiting }));
    let addr = running.serve(router, settings.process.public_addr)?;
    let instance = Instance {
        service: settings.process.service.to_owned(),
        id: settings.process.instance,
        addr: settings.process.advertised_addr.unwrap_or(addr),
    };
    let registration = Registration::new(settings.discovery, instance);
    let shutdown = running.shutdown.clone();
    running.spawn("registration", async move {
        registration.hold(shutdown.requested()).await;
    });
    Ok(running.finish(DRAIN).await)
}
