//! The HTTP side: Consul's paths over the catalogue, with blocking queries.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use lifecycle::Shutdown;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::catalogue::{Catalogue, Status};
use crate::definition::Definition;
use crate::metrics::INSTANCES;
use crate::{answers, duration};

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
            .route("/v1/agent/service/register", put(register))
            .route("/v1/agent/service/deregister/{id}", put(deregister))
            .route("/v1/agent/check/pass/{id}", put(pass))
            .route("/v1/agent/check/warn/{id}", put(warn))
            .route("/v1/agent/check/fail/{id}", put(fail))
            .route("/v1/agent/check/update/{id}", put(update))
            .route("/v1/agent/services", get(services))
            .route("/v1/catalog/services", get(names))
            .route("/v1/health/service/{name}", get(health))
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

/// What a check reports by `/v1/agent/check/update`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Update {
    status: String,
    #[serde(default)]
    output: String,
}

#[derive(Debug, Default, Deserialize)]
struct Note {
    #[serde(default)]
    note: String,
}

/// A refusal as Consul words one: a status and a line of text.
type Refusal = (StatusCode, String);

async fn register(State(registry): State<Registry>, body: Bytes) -> Result<(), Refusal> {
    let definition: Definition = parse(&body)?;
    let service = definition
        .service()
        .map_err(|reason| (StatusCode::BAD_REQUEST, reason))?;
    registry
        .change(|catalogue, now_ms| catalogue.register(now_ms, service))
        .map_err(|full| (StatusCode::SERVICE_UNAVAILABLE, full.to_string()))
}

async fn deregister(
    State(registry): State<Registry>,
    Path(id): Path<String>,
) -> Result<(), Refusal> {
    let outcome = registry.change(|catalogue, _| catalogue.deregister(&id));
    outcome.map_err(|_| (StatusCode::NOT_FOUND, format!("Unknown service ID {id:?}")))
}

async fn pass(
    registry: State<Registry>,
    id: Path<String>,
    Query(note): Query<Note>,
) -> Result<(), Refusal> {
    report(registry, id, Status::Passing, &note.note)
}

async fn warn(
    registry: State<Registry>,
    id: Path<String>,
    Query(note): Query<Note>,
) -> Result<(), Refusal> {
    report(registry, id, Status::Warning, &note.note)
}

async fn fail(
    registry: State<Registry>,
    id: Path<String>,
    Query(note): Query<Note>,
) -> Result<(), Refusal> {
    report(registry, id, Status::Critical, &note.note)
}

async fn update(registry: State<Registry>, id: Path<String>, body: Bytes) -> Result<(), Refusal> {
    let update: Update = parse(&body)?;
    let status = Status::parse(&update.status);
    let status =
        status.ok_or_else(|| (StatusCode::BAD_REQUEST, "Invalid check status".to_owned()))?;
    report(registry, id, status, &update.output)
}

fn report(
    State(registry): State<Registry>,
    Path(id): Path<String>,
    status: Status,
    output: &str,
) -> Result<(), Refusal> {
    // What a check says is shown to operators, who read its first line.
    let output: String = output.chars().take(256).collect();
    let outcome =
        registry.change(|catalogue, now_ms| catalogue.report(now_ms, &id, status, &output));
    outcome.map_err(|_| (StatusCode::NOT_FOUND, format!("Unknown check ID {id:?}")))
}

async fn services(State(registry): State<Registry>) -> Response {
    let catalogue = registry.catalogue();
    let services: BTreeMap<&str, _> = catalogue
        .services()
        .map(|service| (service.id.as_str(), answers::agent(service)))
        .collect();
    Json(services).into_response()
}

async fn names(State(registry): State<Registry>, Query(query): Query<Blocking>) -> Response {
    registry.block(&query, Catalogue::index).await;
    let catalogue = registry.catalogue();
    indexed(
        catalogue.index(),
        Json(answers::names(catalogue.services())),
    )
}

async fn health(
    State(registry): State<Registry>,
    Path(name): Path<String>,
    Query(query): Query<Blocking>,
) -> Response {
    registry
        .block(&query, |catalogue| catalogue.index_of(&name))
        .await;
    let catalogue = registry.catalogue();
    let entries: Vec<_> = catalogue
        .instances(&name)
        .filter(|service| query.passing.is_none() || service.status() == Status::Passing)
        .map(answers::health)
        .collect();
    indexed(catalogue.index_of(&name), Json(entries))
}

fn indexed(index: u64, body: impl IntoResponse) -> Response {
    let headers = [
        ("x-consul-index", index.to_string()),
        ("x-consul-knownleader", "true".to_owned()),
        ("x-consul-lastcontact", "0".to_owned()),
    ];
    (headers, body).into_response()
}

fn parse<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        (
            StatusCode::BAD_REQUEST,
            format!("Request decode failed: {error}"),
        )
    })
}
