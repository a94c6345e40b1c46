//! Nobody listens.

use crate::{
    rule::Fault,
    subject::{Rules, Subject},
};
use std::{io, net::SocketAddr};
use tokio::{
    net::{TcpListener, TcpSocket},
    time::Instant,
};

/// Clients that may wait for an accept: what tokio and most servers ask for.
const BACKLOG: u32 = 1024;

pub fn refuses(rules: &Rules, listener: &Subject) -> bool {
    (rules.live(Instant::now()))
        .filter(|armed| armed.rule.fault == Fault::Refuse)
        .any(|armed| listener.touch(armed, None, 0))
}

/// A port in the two states that a link needs.
#[derive(Debug)]
pub enum Door {
    Open(TcpListener),
    /// Bound and not listening: clients are refused, and nobody else takes the port.
    Shut(TcpSocket),
    /// Somebody else was faster.
    Lost,
}

impl Door {
    pub fn shut(self, at: SocketAddr) -> Self {
        match self {
            Self::Open(listener) => {
                drop(listener);
                match bound(at) {
                    Ok(socket) => Self::Shut(socket),
                    Err(error) => {
                        tracing::warn!(%error, %at, "a refused port is not reserved");
                        Self::Lost
                    }
                }
            }
            already => already,
        }
    }

    pub fn open(self, at: SocketAddr) -> Self {
        let socket = match self {
            Self::Open(listener) => return Self::Open(listener),
            Self::Shut(socket) => Ok(socket),
            Self::Lost => bound(at),
        };
        match socket.and_then(|socket| socket.listen(BACKLOG)) {
            Ok(listener) => Self::Open(listener),
            Err(error) => {
                tracing::warn!(%error, %at, "cannot listen again yet");
                Self::Lost
            }
        }
    }
}

pub fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    bound(at)?.listen(BACKLOG)
}

fn bound(at: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match at {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // Connections that were closed a moment ago still hold the port.
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    Ok(socket)
}
