//! The accept loop: what `axum::serve` does, with limits on what a peer may hold and a bounded drain.
//!
//! ```text
//! accept ── connection ── requests …            until shutdown is requested
//!   │          │
//!   │          └─ NOTICE later: finish the request in hand, close
//!   └─ NOTICE later: stop accepting, wait for the connections up to DRAIN_LIMIT
//! ```

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::Shutdown;

/// Connections at once. Our peers pool theirs, so this is far above need; beyond it the kernel's backlog holds.
const CONNECTIONS_MAX: usize = 1024;

/// How long a connection may take to send the head of its next request, idle time included. It has to be longer
/// than a client keeps an idle connection (the gateway: 5 s), or the two ends close and use it at the same time.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// A request's head in the server's buffer; hyper's lowest limit, and ours are small.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// How long a draining server goes on as usual: deregistration has to reach those who route to it, who hear of it
/// by a long poll.
const NOTICE: Duration = Duration::from_millis(250);

/// How long requests in hand may take after the notice. They have deadlines of their own; this is for the rest.
const DRAIN_LIMIT: Duration = Duration::from_secs(5);

/// After an accept that failed for want of file descriptors, time for some to be closed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves `router` until `shutdown` is requested and every connection is closed or out of time.
pub async fn serve(listener: TcpListener, router: Router, shutdown: Shutdown) {
    let closing = Shutdown::new();
    let free = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    let notice = async {
        shutdown.requested().await;
        sleep(NOTICE).await;
    };
    tokio::pin!(notice);
    loop {
        let accepted = tokio::select! {
            () = &mut notice => break,
            accepted = accept(&listener, &free) => accepted,
        };
        match accepted {
            Ok((stream, permit)) => {
                let connection = connection(stream, router.clone(), closing.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    closing.request();
    let drained = timeout(DRAIN_LIMIT, async {
        while connections.join_next().await.is_some() {}
    });
    if drained.await.is_err() {
        tracing::warn!(
            open = connections.len(),
            "connections were cut off at the end of the drain"
        );
    }
}

async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = free
        .clone()
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    // Answers are small and whole: waiting for more of them to fill a segment only delays them.
    stream.set_nodelay(true)?;
    Ok((stream, permit))
}

async fn connection(stream: TcpStream, router: Router, closing: Shutdown) {
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(served);
    let outcome = tokio::select! {
        outcome = &mut served => outcome,
        () = closing.requested() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = outcome {
        // Peers that go away or send what is no HTTP: nothing for an operator to do.
        tracing::debug!(%error, "a connection ended early");
    }
}
