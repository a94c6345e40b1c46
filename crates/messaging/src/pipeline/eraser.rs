//! Deletes confirmed rows from the outbox, in bulk and off the publishing path.

use crate::{backoff::Backoff, clock::Clock, entropy::Entropy, store::Outbox};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;
use uuid::Uuid;

/// Windows waiting to be deleted; a full queue slows publishing down, which is right:
/// the database is behind.
const WINDOWS_MAX: usize = 256;
/// Rows a statement.
const ROWS_MAX: usize = 2_000;
/// A row that cannot be deleted is published again by the relay: harmless, so there is
/// no point in holding on to it.
const ATTEMPTS_MAX: u32 = 5;
/// Windows gather for this long: nobody waits for a deletion, the relay leaves a row alone
/// for seconds, and a statement for each window would be a good part of the load.
const GATHER: Duration = Duration::from_millis(200);
const DELETE_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(crate) struct Eraser(mpsc::Sender<Vec<Uuid>>);

pub(crate) fn eraser() -> (Eraser, mpsc::Receiver<Vec<Uuid>>) {
    let (sender, receiver) = mpsc::channel(WINDOWS_MAX);
    (Eraser(sender), receiver)
}

impl Eraser {
    pub(crate) async fn erase(&self, ids: Vec<Uuid>) {
        if !ids.is_empty() {
            // It is closed only when the process ends; the relay of the next one repeats.
            let _ = self.0.send(ids).await;
        }
    }
}

/// Until every [`Eraser`] is dropped and everything is deleted.
pub(crate) async fn run<O: Outbox, C: Clock>(
    store: O,
    clock: C,
    entropy: Arc<dyn Entropy>,
    mut confirmed: mpsc::Receiver<Vec<Uuid>>,
) {
    while let Some(mut ids) = confirmed.recv().await {
        clock.sleep(GATHER).await;
        while ids.len() < ROWS_MAX
            && let Ok(more) = confirmed.try_recv()
        {
            ids.extend(more);
        }
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
        loop {
            let deleted =
                crate::clock::within(&clock, DELETE_TIMEOUT, store.outbox_delete(&ids)).await;
            let Some(Err(error)) = deleted.map_or_else(
                || Some(Err("no answer in time".to_owned())),
                |done| Some(done.map_err(|error| error.to_string())),
            ) else {
                break;
            };
            if backoff.attempts() >= ATTEMPTS_MAX {
                tracing::warn!(
                    rows = ids.len(),
                    "confirmed rows stay in the outbox and will be sent again: {error}"
                );
                break;
            }
            clock.sleep(backoff.next(&*entropy)).await;
        }
    }
}
