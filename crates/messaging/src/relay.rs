//! The recovery path of the outbox: what the hot path left behind is sent from here.
//! Several replicas may run; a claim keeps them apart.

use crate::{
    broker::Outcome,
    clock::{Clock, within},
    gate::Gate,
    metrics,
    pipeline::{eraser::Eraser, outflow::Outflow, stop::Stop},
    store::{Outbox, OutboxRow},
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Rows are left alone for five seconds first, so looking twice a second adds little to
/// their delay and little to the database's load.
const SWEEP_PAUSE: Duration = Duration::from_millis(500);
/// Rows a claim: a window or two of the publisher.
const CLAIM_MAX: u32 = 500;
const LEVEL_PAUSE: Duration = Duration::from_secs(1);
/// Counting may cost this share of the time, however large the tables are.
const CENSUS_COST_SHARE: i64 = 20;
/// A count that had to wait for the database is not dear: the next one comes soon.
const CENSUS_PAUSE_MAX_MS: i64 = 5_000;
const PRUNE_PAUSE: Duration = Duration::from_secs(3_600);
/// Brokers redeliver within minutes, people redrive dead letters within days.
const INBOX_KEPT_MS: i64 = 7 * 24 * 3_600 * 1_000;
/// Rows a delete: short locks.
const PRUNE_MAX: u32 = 5_000;
/// On top of the timeouts of the store itself, for one that cannot keep them.
const STORE_TIMEOUT: Duration = Duration::from_secs(10);

/// How full the outbox was when it was last counted.
#[derive(Clone, Debug, Default)]
pub struct OutboxLevel(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    rows: AtomicU64,
    oldest_age_ms: AtomicU64,
}

impl OutboxLevel {
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Ordering::Relaxed)
    }

    pub fn oldest_age(&self) -> Duration {
        Duration::from_millis(self.0.oldest_age_ms.load(Ordering::Relaxed))
    }
}

/// Claims, publishes, deletes, until draining is requested.
pub(crate) async fn sweep<O: Outbox, C: Clock>(
    store: O,
    clock: C,
    outflow: Outflow,
    eraser: Eraser,
    stop: Stop,
) {
    loop {
        // A claim without a broker would only push rows further into the future.
        let more = match outflow.is_up() {
            true => {
                let swept = stop.or(sweep_once(&store, &clock, &outflow, &eraser));
                let Some(more) = swept.await else { return };
                more
            }
            false => false,
        };
        if !more && stop.or(clock.sleep(SWEEP_PAUSE)).await.is_none() {
            return;
        }
    }
}

/// Whether there is likely more to send at once.
async fn sweep_once<O: Outbox, C: Clock>(
    store: &O,
    clock: &C,
    outflow: &Outflow,
    eraser: &Eraser,
) -> bool {
    let claim = store.outbox_claim(clock.now_ms(), CLAIM_MAX);
    match within(clock, STORE_TIMEOUT, claim).await {
        Some(Ok(rows)) => {
            let full = rows.len() == CLAIM_MAX as usize;
            resend(rows, outflow, eraser).await && full
        }
        Some(Err(error)) => {
            tracing::warn!("the relay cannot look into the outbox: {error}");
            false
        }
        None => false,
    }
}

/// Whether every row was confirmed.
async fn resend(rows: Vec<OutboxRow>, outflow: &Outflow, eraser: &Eraser) -> bool {
    if rows.is_empty() {
        return true;
    }
    let outcomes = outflow
        .publish(rows.iter().map(OutboxRow::publication).collect())
        .await;
    let confirmed = rows
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| **outcome == Outcome::Confirmed);
    let ids: Vec<_> = confirmed.map(|(row, _)| row.id()).collect();
    let (sent, claimed) = (ids.len(), rows.len());
    tracing::info!(claimed, sent, "the relay sent what was left in the outbox");
    eraser.erase(ids).await;
    sent == claimed
}

/// Counts outbox and entities each second, which also shows whether the database is
/// there, until draining is requested.
pub(crate) async fn measure<O: Outbox, C: Clock>(
    store: O,
    clock: C,
    level: OutboxLevel,
    gate: Gate,
    stop: Stop,
) {
    let mut census_due_ms = 0;
    let mut states_seen = BTreeSet::<String>::new();
    loop {
        let now_ms = clock.now_ms();
        let counted = within(&clock, STORE_TIMEOUT, store.outbox_level()).await;
        match &counted {
            Some(Ok(_)) => gate.open(),
            Some(Err(error)) => gate.close(&error.to_string()),
            None => gate.close("the database does not answer"),
        }
        if let Some(Ok(counted)) = counted {
            let age_ms = counted
                .oldest_at_ms
                .map_or(0, |oldest| (now_ms - oldest).max(0));
            level.0.rows.store(counted.rows, Ordering::Relaxed);
            level
                .0
                .oldest_age_ms
                .store(age_ms.unsigned_abs(), Ordering::Relaxed);
            metrics::OUTBOX_ROWS.set(counted.rows as f64, &[]);
            metrics::OUTBOX_OLDEST_AGE.set(age_ms as f64 / 1_000.0, &[]);
        }
        let asked_ms = clock.now_ms();
        if asked_ms >= census_due_ms
            && let Some(Ok(census)) = within(&clock, STORE_TIMEOUT, store.census()).await
        {
            let counted_ms = clock.now_ms();
            let pause_ms = (counted_ms - asked_ms) * CENSUS_COST_SHARE;
            census_due_ms = counted_ms + pause_ms.min(CENSUS_PAUSE_MAX_MS);
            // A state that nobody is in any more is not in the answer: it is zero.
            for state in &states_seen {
                if !census.iter().any(|(name, _)| name == state) {
                    metrics::ENTITIES.set(0.0, &[state]);
                }
            }
            for (state, count) in census {
                metrics::ENTITIES.set(count as f64, &[&state]);
                states_seen.insert(state);
            }
        }
        if stop.or(clock.sleep(LEVEL_PAUSE)).await.is_none() {
            return;
        }
    }
}

/// Forgets old inbox rows, until draining is requested.
pub(crate) async fn prune<O: Outbox, C: Clock>(store: O, clock: C, stop: Stop) {
    loop {
        let before_ms = clock.now_ms() - INBOX_KEPT_MS;
        let pruned = within(
            &clock,
            STORE_TIMEOUT,
            store.inbox_prune(before_ms, PRUNE_MAX),
        )
        .await;
        let more = matches!(pruned, Some(Ok(rows)) if rows == u64::from(PRUNE_MAX));
        if !more && stop.or(clock.sleep(PRUNE_PAUSE)).await.is_none() {
            return;
        }
    }
}
