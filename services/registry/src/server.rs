//! The HTTP side: Consul's paths over the catalogue, with blocking queries.

mod handlers;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, put};
use lifecycle::Shutdown;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::catalogue::{Catalogue, Status};
use crate::duration;
use crate::metrics::INSTANCES;

/// A registration with every tag and metadata entry it may have.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// How long a blocking query holds when it does not say: Consul's default.
const WAIT_DEFAULT: Duration = Duration::from_secs(300);

/// And at most: Consul's limit.
const WAIT_MAX: Duration = Duration::from_secs(600);

/// How exact a time to live is; it is seconds, and a catalogue is scanned in microseconds.
const EXPIRY_INTERVAL: Duration = Duration::from_millis(100);

/// The catalogue behind its HTTP API; cheap to clone.
#[derive(Clone)]
pub struct Registry {
    catalogue: Arc<Mutex<Catalogue>>,
    /// The index of the newest change, for queries that wait for one.
    index: watch::Sender<u64>,
    start: Instant,
    shutdown: Shutdown,
}

impl Registry {
    pub fn new(shutdown: Shutdown) -> Self {
        let catalogue = Catalogue::default();
        Self {
            index: watch::Sender::new(catalogue.index()),
            catalogue: Arc::new(Mutex::new(catalogue)),
            start: Instant::now(),
            shutdown,
        }
    }

    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/agent/service/register", put(handlers::register))
            .route(
                "/v1/agent/service/deregister/{id}",
                put(handlers::deregister),
            )
            .route("/v1/agent/check/pass/{id}", put(handlers::pass))
            .route("/v1/agent/check/warn/{id}", put(handlers::warn))
            .route("/v1/agent/check/fail/{id}", put(handlers::fail))
            .route("/v1/agent/check/update/{id}", put(handlers::update))
            .route("/v1/agent/services", get(handlers::services))
            .route("/v1/catalog/services", get(handlers::names))
            .route("/v1/health/service/{name}", get(handlers::health))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .with_state(self.clone())
    }

    /// Lets registrations expire until shutdown.
    pub fn expire(&self) -> impl Future<Output = ()> + Send + 'static {
        let registry = self.clone();
        async move {
            let mut ticks = interval(EXPIRY_INTERVAL);
            // A process that was paused expires once, not once for each tick it missed.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = registry.shutdown.requested() => return,
                    _ = ticks.tick() => registry.change(Catalogue::expire),
                }
            }
        }
    }

    /// Changes the catalogue and wakes whoever waits for it.
    fn change<T>(&self, change: impl FnOnce(&mut Catalogue, u64) -> T) -> T {
        let now_ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut catalogue = self.catalogue();
        let outcome = change(&mut catalogue, now_ms);
        let index = catalogue.index();
        let changed = self
            .index
            .send_if_modified(|known| std::mem::replace(known, index) != index);
        if changed {
            for status in [Status::Passing, Status::Warning, Status::Critical] {
                let count = catalogue
                    .services()
                    .filter(|service| service.status() == status)
                    .count();
                INSTANCES.set(count as f64, &[status.label()]);
            }
        }
        outcome
    }

    fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        self.catalogue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `current` is no longer what the caller has seen, for as long as it wants to.
    async fn block(&self, query: &Blocking, current: impl Fn(&Catalogue) -> u64) {
        let Some(seen) = query.index.filter(|index| *index > 0) else {
            return;
        };
        let asked = query.wait.as_deref().and_then(duration::parse);
        let wait = asked
            .filter(|wait| !wait.is_zero())
            .unwrap_or(WAIT_DEFAULT)
            .min(WAIT_MAX);
        let mut index = self.index.subscribe();
        let changed = timeout(wait, async {
            // An index from before a restart is not the current one either, and is answered at once.
            while current(&self.catalogue()) == seen {
                // It fails only when the sender is gone, and `self` holds one.
                let _ = index.changed().await;
            }
        });
        tokio::select! {
            _ = changed => {}
            () = self.shutdown.requested() => {}
        }
    }
}

/// The parameters of a blocking query.
#[derive(Debug, Default, Deserialize)]
struct Blocking {
    index: Option<u64>,
    wait: Option<String>,
    /// Present, with whatever value, in a query for healthy instances.
    passing: Option<String>,
}
