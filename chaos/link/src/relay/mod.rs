//! The link at work: a listener, and for each client a connection to the dependency.
//!
//! - [`connection`]: one client, one upstream, two directions.
//! - [`pump`]: one direction. [`outlook`]: when what waits in it is due. [`gone`]: what
//!   becomes of it when nobody is left to hear.
//! - [`wire`]: what the two directions share.

mod connection;
mod gone;
mod outlook;
mod pump;
mod wire;

use crate::{
    fault::refuse::{self, Door},
    faults::Faults,
    subject::Subject,
};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

/// Clients at a time; a process with a pool or two is far below. Further ones wait in the
/// listener's backlog.
const CONNECTIONS_MAX: usize = 1024;
/// After an accept that failed, usually for want of file descriptors, and between attempts
/// to get a port back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

#[derive(Clone, Debug)]
pub struct Settings {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// `host:port` of the dependency.
    pub upstream: String,
    pub protocol: Protocol,
    pub connect_within: Duration,
}

/// What the link understands of what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Opaque,
    Postgres,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen at {at}: {cause}")]
    Listen { at: SocketAddr, cause: io::Error },
}

/// A running link. It ends with this value, and its connections with it.
#[derive(Debug)]
pub struct Link {
    address: SocketAddr,
    /// One for each connection that is open.
    permits: Arc<Semaphore>,
    acceptor: JoinHandle<()>,
}

impl Link {
    /// Does not ask whether the dependency is there: to a client, one that is down hangs up.
    pub async fn start(settings: Settings, faults: Faults) -> Result<Self, StartError> {
        let failed = |cause| StartError::Listen {
            at: settings.listen,
            cause,
        };
        let listener = refuse::listen(settings.listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let acceptor = Acceptor {
            address,
            permits: Arc::clone(&permits),
            settings: Arc::new(settings),
            faults: faults.clone(),
            accepted: 0,
            connections: JoinSet::new(),
        };
        Ok(Self {
            address,
            permits,
            acceptor: tokio::spawn(async move {
                tokio::join!(faults.leases.keep_time(), acceptor.run(listener));
            }),
        })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many are open, those that a fault keeps silent included.
    pub fn connections(&self) -> usize {
        CONNECTIONS_MAX - self.permits.available_permits()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

struct Acceptor {
    address: SocketAddr,
    permits: Arc<Semaphore>,
    settings: Arc<Settings>,
    faults: Faults,
    accepted: u64,
    /// They end with this set, and it ends with the link.
    connections: JoinSet<()>,
}

impl Acceptor {
    async fn run(mut self, listener: TcpListener) {
        let itself = Subject::listener(&self.faults);
        let mut rules = itself.rules();
        let mut door = Door::Open(listener);
        loop {
            rules.current();
            let refused = refuse::refuses(&rules, &itself);
            door = match refused {
                true => door.shut(self.address),
                false => door.open(self.address),
            };
            tokio::select! {
                biased;
                () = rules.changed() => {}
                Some(_) = self.connections.join_next() => {}
                accepted = accept(&door, &self.permits), if !refused => match accepted {
                    Ok((client, from, permit)) => self.serve(client, from, permit),
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept");
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
    }

    fn serve(&mut self, client: TcpStream, from: SocketAddr, permit: OwnedSemaphorePermit) {
        self.accepted += 1;
        let subject = Subject::connection(self.accepted, from, &self.faults);
        let settings = Arc::clone(&self.settings);
        self.connections.spawn(async move {
            connection::relay(client, subject, &settings).await;
            drop(permit);
        });
    }
}

/// Who knocks, once there is room for another.
async fn accept(
    door: &Door,
    permits: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    match door {
        Door::Open(listener) => {
            // Given back at once: who is not here yet does not count as open.
            drop(permits.acquire().await.map_err(io::Error::other)?);
            let (client, from) = listener.accept().await?;
            // Only this task takes them.
            let permit = Arc::clone(permits).acquire_owned();
            Ok((client, from, permit.await.map_err(io::Error::other)?))
        }
        // Not asked while refused; the port is still to be had back.
        Door::Shut(_) | Door::Lost => Err(io::ErrorKind::AddrInUse.into()),
    }
}
