//! Publishes what was committed.
//!
//! ```text
//! offer (hot path) ──┐   ┌─ lane: channel with confirms, one window at a time ─┐
//! publish (relay,    ├──>│  lane                                               ├─> confirmed ─> eraser
//!   quarantine)    ──┘   └─ lane ─ lane ────────────────────────────────────────┘
//! ```
//!
//! A lane takes all that waits for it as its next window, so the busier it is the
//! fewer round trips a message costs. What cannot be offered stays in the outbox,
//! and the relay brings it.

use super::{eraser::Eraser, lane, stop::Stop};
use crate::{
    broker::{Broker, BrokerError, Outcome, Session},
    clock::Clock,
    link::Link,
    message::Publication,
    store::OutboxRow,
};
use futures::{
    StreamExt,
    future::{Either, select},
    stream::FuturesUnordered,
};
use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// While one lane waits for its confirms (a quorum write, milliseconds), the next
/// batch's messages leave on another.
const LANES: usize = 4;
/// Batches waiting for a lane. At a full pipeline a lane drains in one window.
const JOBS_PER_LANE_MAX: usize = 64;
/// Messages confirmed together. Beyond a few hundred a window gains nothing and a lost
/// confirm puts more in doubt.
pub(super) const WINDOW_MAX: usize = 256;
pub(super) struct Job {
    pub(super) publications: Vec<Publication>,
    pub(super) then: Then,
}

pub(super) enum Then {
    /// Delete the confirmed rows; the relay has the others.
    Erase(Vec<Uuid>),
    Tell(oneshot::Sender<Vec<Outcome>>),
}

/// The way to the lanes. Cheap to clone; when the last one is dropped the lanes finish.
#[derive(Clone)]
pub(crate) struct Outflow {
    lanes: Arc<[mpsc::Sender<Job>]>,
    turn: Arc<AtomicUsize>,
    up: Arc<AtomicBool>,
}

/// What [`run`] works on.
pub(crate) struct Lanes {
    jobs: Vec<mpsc::Receiver<Job>>,
    up: Arc<AtomicBool>,
}

pub(crate) fn outflow() -> (Outflow, Lanes) {
    let (senders, jobs): (Vec<_>, Vec<_>) =
        (0..LANES).map(|_| mpsc::channel(JOBS_PER_LANE_MAX)).unzip();
    let up = Arc::new(AtomicBool::new(false));
    let outflow = Outflow {
        lanes: senders.into(),
        turn: Arc::default(),
        up: Arc::clone(&up),
    };
    (outflow, Lanes { jobs, up })
}

impl Outflow {
    /// Publishes committed rows if a lane has room, else leaves them to the relay.
    pub(crate) fn offer(&self, rows: &[OutboxRow]) {
        if !self.is_up() {
            return;
        }
        for chunk in rows.chunks(WINDOW_MAX) {
            let mut job = Job {
                publications: chunk.iter().map(OutboxRow::publication).collect(),
                then: Then::Erase(chunk.iter().map(OutboxRow::id).collect()),
            };
            let first = self.turn.fetch_add(1, Ordering::Relaxed);
            for lane in 0..self.lanes.len() {
                match self.lanes[(first + lane) % self.lanes.len()].try_send(job) {
                    Ok(()) => break,
                    Err(
                        mpsc::error::TrySendError::Full(back)
                        | mpsc::error::TrySendError::Closed(back),
                    ) => job = back,
                }
            }
        }
    }

    /// Whether there is a session that the broker reads from.
    pub(crate) fn is_up(&self) -> bool {
        self.up.load(Ordering::Acquire)
    }

    /// Publishes and waits for the outcomes. Without a session: all unknown.
    pub(crate) async fn publish(&self, publications: Vec<Publication>) -> Vec<Outcome> {
        let count = publications.len();
        let unknown = || vec![Outcome::Unknown; count];
        if !self.is_up() {
            return unknown();
        }
        let (told, outcomes) = oneshot::channel();
        let lane = self.turn.fetch_add(1, Ordering::Relaxed) % self.lanes.len();
        let job = Job {
            publications,
            then: Then::Tell(told),
        };
        if self.lanes[lane].send(job).await.is_err() {
            return unknown();
        }
        outcomes.await.unwrap_or_else(|_| unknown())
    }
}

/// Keeps a publish session up until every [`Outflow`] is dropped.
pub(crate) async fn run<B: Broker, C: Clock>(
    mut link: Link<B, C>,
    mut lanes: Lanes,
    eraser: Eraser,
    stop: Stop,
) {
    loop {
        let Some(session) = stop.or(link.establish()).await else {
            return;
        };
        let end = session_run(&link, session, &mut lanes, &eraser).await;
        lanes.up.store(false, Ordering::Release);
        let Err(error) = end else { return };
        for jobs in &mut lanes.jobs {
            // What waited is in the outbox, or its sender hears "unknown".
            while jobs.try_recv().is_ok() {}
        }
        if stop.or(link.failed(&error)).await.is_none() {
            return;
        }
    }
}

/// `Ok`: every sender is gone and every window is confirmed.
async fn session_run<B: Broker, C: Clock>(
    link: &Link<B, C>,
    session: B::Session,
    lanes: &mut Lanes,
    eraser: &Eraser,
) -> Result<(), BrokerError> {
    let mut running = FuturesUnordered::new();
    for jobs in &mut lanes.jobs {
        let publisher = session.publisher().await?;
        running.push(lane::run(publisher, jobs, eraser, link.clock(), &lanes.up));
    }
    lanes.up.store(true, Ordering::Release);
    link.up();
    let all = async {
        while let Some(end) = running.next().await {
            end?;
        }
        Ok(())
    };
    let end = match select(pin!(all), pin!(session.ended())).await {
        Either::Left((end, _)) => end,
        Either::Right((error, _)) => Err(error),
    };
    drop(running);
    if end.is_ok() {
        session.close().await;
    }
    end
}
