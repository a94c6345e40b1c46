//! The proxy at work: a listener, and for each client a connection to the broker.
//!
//! - [`connection`]: one client, one upstream, two directions.
//! - [`outbox`]: octets on their way to one socket; where a reader waits for a slow writer.
//! - [`upstream`]: connecting with a deadline, and whether a broker is there at all.

mod connection;
mod outbox;
mod upstream;

use crate::faults::Faults;
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

pub use upstream::Unhealthy;

/// Clients at a time; a system of twenty services with a few connections each is far
/// below. Further ones wait in the listener's backlog.
const CONNECTIONS_MAX: usize = 1024;
/// After an accept that failed, usually for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

#[derive(Clone, Debug)]
pub struct Settings {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// `host:port` of the broker.
    pub upstream: String,
    /// For connecting, and for the broker's first word.
    pub connect_within: Duration,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("no healthy broker at {upstream}: {cause}")]
    Upstream { upstream: String, cause: Unhealthy },
    #[error("cannot listen at {at}: {cause}")]
    Listen { at: SocketAddr, cause: io::Error },
}

/// A running proxy. It ends with this value, and its connections with it.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    acceptor: JoinHandle<()>,
}

impl Proxy {
    /// Refuses without a broker that speaks AMQP: a proxy before nothing would look like a fault.
    pub async fn start(settings: Settings, faults: Faults) -> Result<Self, StartError> {
        upstream::probe(&settings.upstream, settings.connect_within)
            .await
            .map_err(|cause| StartError::Upstream {
                upstream: settings.upstream.clone(),
                cause,
            })?;
        let failed = |cause| StartError::Listen {
            at: settings.listen,
            cause,
        };
        let listener = TcpListener::bind(settings.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            address,
            acceptor: tokio::spawn(accept(listener, settings, faults)),
        })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

async fn accept(listener: TcpListener, settings: Settings, faults: Faults) {
    // Connections end with this set, and this task with the proxy.
    let mut connections = JoinSet::new();
    loop {
        let room = connections.len() < CONNECTIONS_MAX;
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if room => match accepted {
                Ok((client, _)) => {
                    let (settings, faults) = (settings.clone(), faults.clone());
                    connections.spawn(async move {
                        match upstream::connect(&settings.upstream, settings.connect_within).await {
                            Ok(broker) => connection::relay(client, broker, faults).await,
                            // The client's socket closes: to it, the broker is gone.
                            Err(error) => tracing::warn!(%error, "a client found no broker"),
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}
