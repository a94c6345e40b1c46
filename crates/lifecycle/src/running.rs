//! A running process: what `main` holds between start and exit.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use telemetry::Telemetry;
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use crate::{Gate, ProcessSettings, Readiness, Shutdown, admin, server};

/// Why a process with a valid configuration could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Telemetry(#[from] telemetry::InitError),
    #[error("{addr} cannot be listened on: {reason}; choose a free port")]
    Listen { addr: SocketAddr, reason: String },
    #[error("signals cannot be handled: {0}")]
    Signals(String),
}

/// A process with telemetry, an admin port and a drain.
pub struct Running {
    pub readiness: Readiness,
    pub shutdown: Shutdown,
    /// Where the admin port is, with the real port number.
    pub admin_addr: SocketAddr,
    /// Closed until [`finish`](Self::finish) is called: a scrape between start and the first gate of the
    /// service must not find a process with nothing in its way.
    whole: Gate,
    telemetry: Arc<Telemetry>,
    admin: AbortHandle,
    parts: JoinSet<()>,
    died: Arc<AtomicBool>,
}

/// Sets up telemetry, the signals and the admin port. To be called inside the runtime, once.
pub fn start(settings: ProcessSettings) -> Result<Running, StartError> {
    start_with(settings, Router::new())
}

/// The same, with `more` on the admin port.
pub fn start_with(settings: ProcessSettings, more: Router) -> Result<Running, StartError> {
    let telemetry = Arc::new(telemetry::init(&settings.telemetry)?);
    let shutdown =
        Shutdown::on_signals().map_err(|error| StartError::Signals(error.to_string()))?;
    let readiness = Readiness::new();
    let whole = readiness.gate("start");
    let (listener, admin_addr) = listen(settings.admin_addr)?;
    let router = admin::router(telemetry.clone(), readiness.clone()).merge(more);
    // It never drains: a drain is watched through it.
    let admin = tokio::spawn(server::serve(listener, router, Shutdown::new())).abort_handle();
    tracing::info!(service = settings.service, instance = settings.instance, %admin_addr, "started");
    Ok(Running {
        readiness,
        shutdown,
        admin_addr,
        whole,
        telemetry,
        admin,
        parts: JoinSet::new(),
        died: Arc::default(),
    })
}

impl Running {
    /// Runs a part of the service that has to live as long as the process. It watches
    /// [`shutdown`](Self::shutdown) and ends by itself; if it ends before that, or panics, the process drains
    /// and fails, so that a supervisor replaces it.
    pub fn spawn(&mut self, name: &'static str, part: impl Future<Output = ()> + Send + 'static) {
        let watched = Watched {
            name,
            shutdown: self.shutdown.clone(),
            died: self.died.clone(),
        };
        self.parts.spawn(async move {
            let _watched = watched;
            part.await;
        });
    }

    /// Listens on `addr` and serves `router` until the drain. Returns the address with the real port number.
    pub fn serve(&mut self, router: Router, addr: SocketAddr) -> Result<SocketAddr, StartError> {
        let (listener, addr) = listen(addr)?;
        self.spawn(
            "http",
            server::serve(listener, router, self.shutdown.clone()),
        );
        tracing::info!(%addr, "serving");
        Ok(addr)
    }

    /// To be called when all parts run: only from here on is the process ready, if its gates are open.
    /// Waits for shutdown, then for every part at most `drain_limit`, then flushes telemetry.
    pub async fn finish(mut self, drain_limit: Duration) -> ExitCode {
        self.whole.open();
        self.shutdown.requested().await;
        self.readiness.drain();
        let drained = timeout(drain_limit, async {
            while self.parts.join_next().await.is_some() {}
        });
        let in_time = drained.await.is_ok();
        if !in_time {
            tracing::error!(parts = self.parts.len(), "the drain ran out of time");
        }
        let clean = in_time && !self.died.load(Ordering::Relaxed);
        tracing::info!(clean, "stopped");
        self.telemetry.shutdown();
        self.admin.abort();
        if clean {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Sees a part end, however it does.
struct Watched {
    name: &'static str,
    shutdown: Shutdown,
    died: Arc<AtomicBool>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        let early = !self.shutdown.is_requested();
        if early || std::thread::panicking() {
            tracing::error!(
                part = self.name,
                "a part of the process died; the process ends"
            );
            self.died.store(true, Ordering::Relaxed);
            self.shutdown.request();
        }
    }
}

fn listen(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = std::net::TcpListener::bind(addr).and_then(|listener| {
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        Ok((TcpListener::from_std(listener)?, addr))
    });
    bound.map_err(|error| StartError::Listen {
        addr,
        reason: error.to_string(),
    })
}
