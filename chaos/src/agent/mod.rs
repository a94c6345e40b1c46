//! The one who holds the faults, so that none outlives the tool that asked for it.
//!
//! ```text
//! chaos run ──orders, heartbeats──> agent ──signals──> control API ──> processes
//!     ^                              │ ├────rules────> proxies on the links
//!     └────────receipts──────────────┘ └───────────> broker's management, databases
//! ```
//!
//! A harness that is killed sends no more heartbeats; the agent then heals what it holds. An agent that is killed takes
//! its proxies' rules with it, is started again by its supervisor, and sweeps away what may be left.
//!
//! - [`settings`]: where everything is. [`site`]: all of it, ready to be broken.
//! - [`links`]: the proxies. [`control`]: processes. [`management`]: the broker. [`databases`]: sessions of a superuser.
//! - [`experiments`]: the one that runs, its heartbeat, and the faults it holds. [`held`]: one of them.
//! - [`pulse`]: when that one was last heard of. [`claims`]: at most one fault of a kind at one subject.
//! - [`metrics`]: what is in force, for Prometheus.
//! - [`api`]: all that over HTTP, for holders of a token. [`client`]: the harness's side of it.

pub mod api;
pub mod claims;
pub mod client;
pub mod control;
pub mod databases;
pub mod experiments;
pub mod held;
pub mod links;
pub mod management;
pub mod metrics;
pub mod pulse;
pub mod settings;
pub mod site;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use experiments::Experiments;
use settings::Settings;
use site::{Site, SiteError};

/// Less than supervisors leave a process that was asked to end.
const GOODBYE: std::time::Duration = std::time::Duration::from_secs(5);

/// Until `stop`; then everything is healed.
/// `metrics_text` is what Prometheus reads.
/// `marker` is a file that is there while an experiment runs: an agent that finds one has a dead one to sweep after.
pub async fn run(
    settings: Settings,
    marker: PathBuf,
    metrics_text: impl Fn() -> String + Clone + Send + Sync + 'static,
    stop: impl Future<Output = ()>,
) -> Result<(), SiteError> {
    let listen = settings.listen;
    let token = settings.token.clone();
    let site = Arc::new(Site::open(settings).await?);
    let has_to_sweep = marker.exists();
    let experiments = Arc::new(Experiments::new(site, marker));
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .map_err(|source| SiteError::Listen { listen, source })?;
    tracing::info!(%listen, "the agent is ready");
    if has_to_sweep {
        tracing::warn!("an agent before this one died holding faults: sweeping");
    }
    let sweeping = has_to_sweep.then(|| tokio::spawn(Arc::clone(&experiments).sweep()));
    let router = api::router(Arc::clone(&experiments), token, metrics_text);
    tokio::select! {
        served = async { axum::serve(listener, router).await } => {
            served.map_err(|source| SiteError::Listen { listen, source })?;
        }
        () = stop => {}
    }
    if let Some(sweeping) = sweeping {
        sweeping.abort();
    }
    // Whoever ends us ends the rest as well, and may be gone before it is healed.
    let _ = tokio::time::timeout(GOODBYE, experiments.heal()).await;
    Ok(())
}
