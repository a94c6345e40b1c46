//! A participant's process, from start to exit code.

use crate::{
    Settings,
    database::{self, Prepared},
    gate,
};
use axum::Router;
use decider::Participant;
use discovery::{Instance, Registration};
use lifecycle::{Failure, Running};
use messaging::{
    CommandSender, OutboxLevel, Service, SplitMix, SystemClock, Topology,
    store::postgres::{PgStore, PoolSettings, Tables, migrator},
};
use sqlx::{PgPool, migrate::Migrator};
use std::{process::ExitCode, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// Batches in flight take milliseconds, publishes have a deadline of seconds.
const MESSAGING_DRAIN: Duration = Duration::from_secs(5);
/// Everything: requests first, then messages, then telemetry. Supervisors wait ten.
const DRAIN: Duration = Duration::from_secs(9);

/// A participant that runs, and is not announced yet.
pub struct Host<P: Participant> {
    pub running: Running,
    pub pool: PgPool,
    settings: Settings,
    service: Service<P>,
}

/// Starts telemetry, the admin port, the database and the pipeline. `None`: it was asked
/// to stop while the database was away.
pub async fn participant<P: Participant, T: Tables<P>>(
    settings: Settings,
    tables: T,
    topology: Topology,
    migrations: Migrator,
) -> Result<Option<Host<P>>, Failure> {
    let mut running = lifecycle::start_with(settings.process.clone(), admin_routes())?;
    let pool_settings = PoolSettings::new(&settings.database_url, settings.application_name());
    let store = PgStore::<P, T>::connect(&pool_settings, tables).map_err(Failure::other)?;
    let pool = store.pool().clone();
    let migrations = [migrator(), migrations];
    if database::prepare(&mut running, &pool, migrations).await? == Prepared::Stopped {
        return Ok(None);
    }
    // Open until a batch of messages fails on the store: no news is good news.
    let messages = running.readiness.gate("messages");
    messages.open();
    let messaging = messaging::Settings {
        consume_gate: gate(running.readiness.gate("consuming")),
        publish_gate: gate(running.readiness.gate("publishing")),
        store_gate: gate(messages),
        ..messaging::Settings::new(settings.process.service, topology)
    };
    let entropy = Arc::new(SplitMix::from_system());
    let service = Service::start(
        settings.broker.clone(),
        store,
        SystemClock,
        entropy,
        messaging,
    );
    Ok(Some(Host {
        running,
        pool,
        settings,
        service,
    }))
}

/// Of this process's own, on the admin port.
fn admin_routes() -> Router {
    #[cfg(feature = "crash-points")]
    return crate::crash_points::routes();
    #[cfg(not(feature = "crash-points"))]
    Router::new()
}

impl<P: Participant> Host<P> {
    pub fn commands(&self) -> CommandSender<P> {
        self.service.commands()
    }

    pub fn outbox_level(&self) -> OutboxLevel {
        self.service.outbox_level()
    }

    /// Serves nothing but messages, until it is asked to stop.
    pub async fn run(mut self) -> ExitCode {
        let shutdown = self.running.shutdown.clone();
        let mut service = self.service;
        self.running.spawn("messaging", async move {
            tokio::select! {
                () = shutdown.requested() => service.drain(MESSAGING_DRAIN).await,
                ended = service.failed() => tracing::error!("{ended}"),
            }
        });
        self.running.finish(DRAIN).await
    }

    /// Serves `router` as well, and is found through discovery. Requests end before the
    /// pipeline that they need.
    pub async fn serve(mut self, router: Router) -> Result<ExitCode, Failure> {
        let Settings {
            process, discovery, ..
        } = self.settings;
        let listener = TcpListener::bind(process.public_addr)
            .await
            .map_err(|error| Failure::other(format!("{}: {error}", process.public_addr)))?;
        let instance = Instance {
            service: process.service.to_owned(),
            id: process.instance.clone(),
            addr: process.advertised_addr.unwrap_or(process.public_addr),
        };
        let shutdown = self.running.shutdown.clone();
        let registration = Registration::new(discovery, instance);
        self.running.spawn("registration", {
            let shutdown = shutdown.clone();
            async move { registration.hold(shutdown.requested()).await }
        });
        let router = lifecycle::layers::service(router);
        let mut service = self.service;
        self.running.spawn("service", async move {
            let serving = lifecycle::server::serve(listener, router, shutdown);
            tokio::select! {
                () = serving => service.drain(MESSAGING_DRAIN).await,
                ended = service.failed() => tracing::error!("{ended}"),
            }
        });
        Ok(self.running.finish(DRAIN).await)
    }
}
