//! Octets on their way to one socket.

use bytes::{Buf, Bytes};
use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::{Notify, watch},
};

/// Above this, nothing more is read for this socket: a few read buffers' worth, so that
/// the reader is not idle while the writer writes.
const FULL_BYTES: usize = 256 * 1024;
/// Above this, nothing is read that could make the proxy answer here by itself: the peer
/// has let thousands of answers lie.
const STUFFED_BYTES: usize = 4 * FULL_BYTES;
/// Frames handed to the kernel at once: as many as it takes. An acknowledgement is 21 octets;
/// cut into less, what was read at once would leave in many packets.
const SLICES_MAX: usize = 1024;

/// Written by whoever has something to say, drained by one writer.
#[derive(Debug)]
pub struct Outbox {
    queue: Mutex<Queue>,
    filled: Notify,
    bytes: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Queue {
    octets: VecDeque<Bytes>,
    closed: bool,
}

impl Outbox {
    pub fn new() -> Self {
        Self {
            queue: Mutex::default(),
            filled: Notify::new(),
            bytes: watch::channel(0).0,
        }
    }

    /// Never waits: readers wait for room before they read, see [`Outbox::room`].
    pub fn push(&self, octets: &mut Vec<Bytes>) {
        if octets.is_empty() {
            return;
        }
        let mut queue = self.locked();
        if queue.closed {
            return octets.clear();
        }
        let bytes: usize = octets.iter().map(Bytes::len).sum();
        queue.octets.extend(octets.drain(..));
        self.bytes.send_modify(|all| *all += bytes);
        drop(queue);
        self.filled.notify_one();
    }

    /// Nothing more will come; what is here is written, then the socket is shut.
    pub fn close(&self) {
        self.locked().closed = true;
        self.filled.notify_one();
    }

    /// Until a reader may read for this socket.
    pub async fn room(&self) {
        self.below(FULL_BYTES).await;
    }

    /// Until a reader may read what could make the proxy answer here.
    pub async fn patience(&self) {
        self.below(STUFFED_BYTES).await;
    }

    /// Until everything has been written.
    pub async fn empty(&self) {
        self.below(1).await;
    }

    async fn below(&self, limit: usize) {
        // The sender lives in `self`: there is always an answer.
        let _ = (self.bytes.subscribe())
            .wait_for(|bytes| *bytes < limit)
            .await;
    }

    /// Writes until the outbox is closed and empty, or the peer is gone.
    pub async fn drain(&self, writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let written = self.write_all(writer).await;
        // A peer that is gone needs nothing more, and nobody shall wait for it.
        let mut queue = self.locked();
        queue.closed = true;
        queue.octets.clear();
        self.bytes.send_replace(0);
        written
    }

    async fn write_all(&self, writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        loop {
            let (mut batch, closed) = {
                let mut queue = self.locked();
                (std::mem::take(&mut queue.octets), queue.closed)
            };
            if batch.is_empty() {
                if closed {
                    return writer.shutdown().await;
                }
                self.filled.notified().await;
                continue;
            }
            while !batch.is_empty() {
                let slices: Vec<_> = (batch.iter().take(SLICES_MAX))
                    .map(|octets| IoSlice::new(octets))
                    .collect();
                let written = writer.write_vectored(&slices).await?;
                if written == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                advance(&mut batch, written);
                self.bytes
                    .send_modify(|all| *all = all.saturating_sub(written));
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn advance(batch: &mut VecDeque<Bytes>, mut written: usize) {
    while let Some(first) = batch.front_mut() {
        if written < first.len() {
            return first.advance(written);
        }
        written -= first.len();
        batch.pop_front();
    }
}
