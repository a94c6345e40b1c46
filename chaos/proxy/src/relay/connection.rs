//! One client and its upstream.
//!
//! ```text
//! client ──reader──> Session ──> outbox ──writer──> broker
//!        <──writer── outbox <── Session <──reader──
//!                       ^          │
//!                       └─ clock <─┘  delays that are over
//! ```
//!
//! A reader only waits for its own socket and for room in the outbox: a delay waits in
//! the session, so heartbeats and other channels pass it by.

use super::outbox::Outbox;
use crate::{
    encode,
    faults::Faults,
    frame::{Malformed, PROTOCOL_HEADER, Piece, Splitter},
    session::{Outgoing, Session, Side},
};
use bytes::{BufMut, Bytes};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{Notify, watch},
    time::{Instant, sleep, sleep_until, timeout},
};

/// Read at once: what a socket holds under load, and half of a usual largest frame.
const READ_BYTES: usize = 64 * 1024;
/// With less room than this, a new buffer is cheaper than many small reads.
const READ_BYTES_MIN: usize = 4 * 1024;
/// Once one side has hung up, the other has this long to do the same. `connection.close`
/// is answered within a round trip; only a peer that is stuck takes longer.
const FAREWELL: Duration = Duration::from_secs(5);

struct Shared {
    session: Mutex<Session>,
    to_client: Outbox,
    to_broker: Outbox,
    /// Something began to wait.
    waiting: Notify,
    /// One side is gone.
    farewell: Notify,
    /// The client is not to be read.
    blocked: watch::Sender<bool>,
    /// The session has ended by itself.
    over: Notify,
}

impl Shared {
    fn outbox(&self, to: Side) -> &Outbox {
        match to {
            Side::Client => &self.to_client,
            Side::Broker => &self.to_broker,
        }
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With the session locked, so that nothing overtakes on its way to an outbox.
    fn hand_over(&self, session: &MutexGuard<'_, Session>, out: &mut Outgoing) {
        self.to_client.push(&mut out.client);
        self.to_broker.push(&mut out.broker);
        (self.blocked).send_if_modified(|was| {
            std::mem::replace(was, session.is_blocked()) != session.is_blocked()
        });
        if session.is_over() {
            self.over.notify_one();
        }
    }

    /// Until this side may be listened to.
    async fn unblocked(&self, from: Side) {
        if from == Side::Client {
            // The sender lives in `self`: there is always an answer.
            let _ = self.blocked.subscribe().wait_for(|blocked| !blocked).await;
        }
    }
}

/// Until both sides are gone.
pub async fn relay(client: TcpStream, broker: TcpStream, faults: Faults) {
    if let Err(error) = client.set_nodelay(true) {
        return tracing::debug!(%error, "a client left at once");
    }
    let changes = faults.changes();
    let shared = Shared {
        session: Mutex::new(Session::new(faults)),
        to_client: Outbox::new(),
        to_broker: Outbox::new(),
        waiting: Notify::new(),
        farewell: Notify::new(),
        blocked: watch::Sender::new(false),
        over: Notify::new(),
    };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_broker, mut to_broker) = broker.into_split();
    let malformed = converse(
        &shared,
        changes,
        (&mut from_client, &mut to_client),
        (&mut from_broker, &mut to_broker),
    )
    .await;
    if malformed.is_some() {
        // With octets unread, the sockets would be reset, and the reason lost on its way.
        let rest = async { tokio::join!(unread(&mut from_client), unread(&mut from_broker)) };
        let _ = timeout(FAREWELL, rest).await;
    }
}

/// What ended the conversation, if it was not its partners.
async fn converse(
    shared: &Shared,
    changes: watch::Receiver<u64>,
    client: (&mut OwnedReadHalf, &mut OwnedWriteHalf),
    broker: (&mut OwnedReadHalf, &mut OwnedWriteHalf),
) -> Option<Malformed> {
    let readers = async {
        tokio::try_join!(
            read(shared, Side::Client, Splitter::of_client(), client.0),
            read(shared, Side::Broker, Splitter::of_broker(), broker.0),
        )
    };
    let writers = async {
        tokio::join!(
            write(shared, Side::Client, client.1),
            write(shared, Side::Broker, broker.1),
        )
    };
    let mut writers = std::pin::pin!(writers);
    let malformed = tokio::select! {
        read = readers => read.err(),
        _ = &mut writers => return None,
        () = clock(shared, changes) => return None,
        () = farewell(shared) => return None,
        () = shared.over.notified() => None,
    };
    if let Some(malformed) = &malformed {
        tracing::warn!(%malformed, code = malformed.close_code(), "a connection ends");
        refuse(shared, malformed);
    }
    shared.to_client.close();
    shared.to_broker.close();
    let _ = timeout(FAREWELL, writers).await;
    malformed
}

async fn read(
    shared: &Shared,
    from: Side,
    mut splitter: Splitter,
    reader: &mut OwnedReadHalf,
) -> Result<(), Malformed> {
    let to = shared.outbox(from.other());
    let mut out = Outgoing::default();
    loop {
        to.room().await;
        shared.outbox(from).patience().await;
        shared.unblocked(from).await;
        readable(reader, &mut splitter, to).await;
        let buffer = splitter.buffer();
        if buffer.capacity() - buffer.len() < READ_BYTES_MIN {
            buffer.reserve(READ_BYTES);
        }
        let read = reader.read_buf(&mut buffer.limit(READ_BYTES)).await;
        let over = !matches!(read, Ok(octets) if octets > 0);
        // What was being read when it began is not heard either.
        shared.unblocked(from).await;
        let mut session = shared.session();
        let taken = match over {
            false => take_all(&mut session, from, &mut splitter, &mut out),
            true => {
                session.flush(from, &mut out);
                Ok(())
            }
        };
        let waiting = session.is_waiting();
        shared.hand_over(&session, &mut out);
        drop(session);
        taken?;
        if waiting {
            shared.waiting.notify_one();
        }
        if over {
            to.close();
            shared.farewell.notify_one();
            return Ok(());
        }
    }
}

/// Until there is something to read. A buffer is only kept while something is in it or on
/// its way out of it: a thousand connections that say nothing take next to nothing.
async fn readable(reader: &OwnedReadHalf, splitter: &mut Splitter, to: &Outbox) {
    if splitter.unfinished() == 0 {
        tokio::select! {
            biased;
            _ = reader.readable() => return,
            () = to.empty() => splitter.give_back(),
        }
    }
    // An error is read like anything else.
    let _ = reader.readable().await;
}

fn take_all(
    session: &mut Session,
    from: Side,
    splitter: &mut Splitter,
    out: &mut Outgoing,
) -> Result<(), Malformed> {
    let now = Instant::now();
    while let Some(piece) = splitter.next(session.frame_max())? {
        match piece {
            Piece::ProtocolHeader(header) => out.to(from.other()).push(header),
            Piece::Frame(frame) => session.take(from, frame, now, out)?,
        }
    }
    Ok(())
}

async fn write(shared: &Shared, to: Side, writer: &mut OwnedWriteHalf) {
    if let Err(error) = shared.outbox(to).drain(writer).await {
        tracing::debug!(%error, ?to, "a peer is gone");
    }
    shared.farewell.notify_one();
}

/// Lets go what is due, as long as the connection lives.
async fn clock(shared: &Shared, mut changes: watch::Receiver<u64>) {
    loop {
        let next = {
            let mut out = Outgoing::default();
            let mut session = shared.session();
            let next = session.release(Instant::now(), &mut out);
            shared.hand_over(&session, &mut out);
            next
        };
        let due = async {
            match next {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = shared.waiting.notified() => {}
            Ok(()) = changes.changed() => {}
        }
    }
}

async fn farewell(shared: &Shared) {
    shared.farewell.notified().await;
    sleep(FAREWELL).await;
}

/// Tells both sides why.
fn refuse(shared: &Shared, malformed: &Malformed) {
    let session = shared.session();
    let mut out = Outgoing::default();
    match malformed.close_code() {
        // What a broker answers to a protocol it does not speak.
        None => out.client.push(Bytes::from_static(PROTOCOL_HEADER)),
        Some(code) if session.takes_close() => {
            let close = encode::connection_close(code, &malformed.to_string());
            out.client.push(close.clone());
            out.broker.push(close);
        }
        Some(_) => {}
    }
    shared.hand_over(&session, &mut out);
}

async fn unread(reader: &mut (impl AsyncRead + Unpin)) {
    let mut rest = [0; 4096];
    while matches!(reader.read(&mut rest).await, Ok(octets) if octets > 0) {}
}
