//! One channel with confirms, one window at a time.

use super::{
    eraser::Eraser,
    outflow::{Job, Then, WINDOW_MAX},
};
use crate::{
    broker::{BrokerError, Outcome, Publisher},
    clock::Clock,
    crash_points::{self, Point},
    message::Publication,
    metrics,
};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::sync::mpsc;
use uuid::Uuid;

/// A blocked broker is asked again this often.
const BLOCKED_PAUSE: Duration = Duration::from_millis(500);

/// Until every sender is gone; an error means that the session is to be replaced.
pub(super) async fn run<C: Clock>(
    mut publisher: impl Publisher,
    jobs: &mut mpsc::Receiver<Job>,
    eraser: &Eraser,
    clock: &C,
    up: &AtomicBool,
) -> Result<(), BrokerError> {
    while let Some(first) = jobs.recv().await {
        let mut window = Vec::with_capacity(first.publications.len());
        let mut parts = Vec::new();
        let mut add = |job: Job, window: &mut Vec<Publication>| {
            parts.push((job.publications.len(), job.then));
            window.extend(job.publications);
        };
        add(first, &mut window);
        while window.len() < WINDOW_MAX
            && let Ok(job) = jobs.try_recv()
        {
            add(job, &mut window);
        }
        let outcomes = match publisher.publish(&window).await {
            Ok(outcomes) => outcomes,
            Err(blocked) => {
                // Nothing was sent: who waits hears "unknown" and tries again later.
                tracing::warn!("{blocked}");
                up.store(false, Ordering::Release);
                while publisher.publish(&[]).await.is_err() {
                    clock.sleep(BLOCKED_PAUSE).await;
                }
                up.store(true, Ordering::Release);
                continue;
            }
        };
        count(&outcomes);
        crash_points::reached(Point::AfterPublish);
        let mut rest = outcomes.as_slice();
        for (length, then) in parts {
            let (ours, others) = rest.split_at(length.min(rest.len()));
            rest = others;
            match then {
                Then::Tell(told) => drop(told.send(ours.to_vec())),
                Then::Erase(ids) => eraser.erase(confirmed(ids, ours)).await,
            }
        }
        if outcomes.contains(&Outcome::Unknown) {
            return Err(BrokerError::Silent("a publish with its confirm"));
        }
    }
    Ok(())
}

fn confirmed(ids: Vec<Uuid>, outcomes: &[Outcome]) -> Vec<Uuid> {
    let pairs = ids.into_iter().zip(outcomes);
    pairs
        .filter(|(_, outcome)| **outcome == Outcome::Confirmed)
        .map(|(id, _)| id)
        .collect()
}

fn count(outcomes: &[Outcome]) {
    for outcome in [
        Outcome::Confirmed,
        Outcome::Nacked,
        Outcome::Returned,
        Outcome::Unknown,
    ] {
        let n = outcomes.iter().filter(|one| **one == outcome).count() as u64;
        if n > 0 {
            metrics::PUBLISHED.add(n, &[outcome.label()]);
        }
        if n > 0 && outcome == Outcome::Returned {
            tracing::error!(
                n,
                "messages that no queue is bound for; they stay in the outbox"
            );
        }
    }
}
