//! The store behind a lock, with its metrics: what all listeners share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::metrics;
use crate::otlp::{self, Malformed};
use crate::store::{Appended, Occupancy, Store};

/// Export requests read at once: with [`BODY_BYTES_MAX`] each, 32 MiB at worst. Exporters send one at a time
/// each, and one is taken in a few milliseconds.
const REQUESTS_MAX: usize = 8;

/// How long a request may wait for its turn. An exporter's own deadline is ten seconds.
const TURN_WAIT: Duration = Duration::from_secs(2);

/// One export request. A batch of 512 spans, the SDKs' default, is about 300 KiB; 4 MiB is what gRPC servers
/// accept by default, so that both ways in have the same limit.
pub const BODY_BYTES_MAX: usize = 4 << 20;

/// How long a request may take to arrive once it has its turn.
pub const BODY_WAIT: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub struct SharedStore {
    store: Arc<Mutex<Store>>,
    turns: Arc<Semaphore>,
}

impl SharedStore {
    pub fn new(store: Store) -> Self {
        // every series is there from the first scrape
        measure(Appended::default(), store.occupancy());
        Self {
            store: Arc::new(Mutex::new(store)),
            turns: Arc::new(Semaphore::new(REQUESTS_MAX)),
        }
    }

    /// A poisoned lock is taken all the same: the store has no step after which it may not be read.
    pub fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A turn to be read; `None` means come back later.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        let turn = timeout(TURN_WAIT, self.turns.clone().acquire_owned())
            .await
            .ok()
            .and_then(Result::ok);
        if turn.is_none() {
            metrics::REQUESTS_REFUSED.add(1, &["busy"]);
        }
        turn
    }

    /// Takes one export request.
    pub fn append(&self, request: &[u8]) -> Result<Appended, Malformed> {
        // read before the lock is taken: only the copying happens under it
        let batch = otlp::parse(request)
            .inspect_err(|_| metrics::REQUESTS_REFUSED.add(1, &["malformed"]))?;
        let mut store = self.lock();
        let appended = store.append(&batch);
        let occupancy = store.occupancy();
        drop(store);
        measure(appended, occupancy);
        Ok(appended)
    }
}

fn measure(appended: Appended, occupancy: Occupancy) {
    metrics::SPANS.add(appended.spans, &["stored"]);
    metrics::SPANS.add(appended.refused, &["refused"]);
    metrics::EVICTED_TRACES.add(appended.evicted_traces, &[]);
    metrics::EVICTED_SPANS.add(appended.evicted_spans, &[]);
    metrics::TRACES.set(occupancy.traces as f64, &[]);
    metrics::MEMORY.set(occupancy.bytes as f64, &[]);
    metrics::MEMORY_LIMIT.set(occupancy.limit_bytes as f64, &[]);
}
