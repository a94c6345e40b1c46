//! Follows the log while it holds the lease; stands by while another instance does.

use crate::{
    lease::{Lease, Projecting},
    metrics,
    read_model::{ReadModel, Transaction},
    view::{self, Glimpse},
};
use decider::Incoming;
use messaging::{
    Clock,
    broker::Broker,
    clock::within,
    store::CommitError,
    stream::{Entry, Follower},
};
use orders_contract::{OrderEvent, OrderId};
use std::{collections::BTreeMap, pin::pin, time::Duration};
use telemetry::{SpanKind, WorkSpan};

/// The lease is kept this often, so that two failed attempts do not lose it.
const RENEWAL: Duration = Duration::from_secs(1);
/// Between attempts to take the lease.
const STANDBY: Duration = Duration::from_millis(500);
/// A batch is a few bulk statements; the server cancels them sooner.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

pub struct Projector<M, C> {
    pub model: M,
    pub owner: String,
    pub clock: C,
}

/// Whether a write of the projector took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fencing {
    Held,
    /// Another instance projects now; nothing was written.
    Lost,
}

impl<M: ReadModel, C: Clock> Projector<M, C> {
    /// Until `stop`; then gives the lease back.
    pub async fn run<B: Broker>(
        self,
        mut follower: Follower<B, C>,
        stop: impl Future<Output = ()>,
    ) {
        let mut stop = pin!(stop);
        loop {
            let claimed = tokio::select! {
                biased;
                () = &mut stop => return,
                claimed = self.claim() => claimed,
            };
            let Some(mut lease) = claimed else {
                tokio::select! {
                    biased;
                    () = &mut stop => return,
                    () = self.clock.sleep(STANDBY) => continue,
                }
            };
            tracing::info!(
                epoch = lease.epoch,
                offset = lease.next_offset,
                "projecting"
            );
            metrics::PROJECTING.set(1.0, &[]);
            follower.seek(lease.next_offset.unsigned_abs());
            tokio::select! {
                biased;
                () = &mut stop => {
                    let _ = within(&self.clock, WRITE_TIMEOUT, self.release(lease)).await;
                    return;
                }
                () = self.hold(&mut lease, &mut follower) => {}
            }
            metrics::PROJECTING.set(0.0, &[]);
            tracing::warn!(epoch = lease.epoch, "no longer projecting");
        }
    }

    async fn claim(&self) -> Option<Lease> {
        match within(&self.clock, WRITE_TIMEOUT, self.take()).await {
            Some(Ok(lease)) => lease,
            Some(Err(error)) => {
                tracing::warn!("the lease cannot be asked for: {error}");
                None
            }
            None => None,
        }
    }

    /// Looks before it locks: who stands by must not be able to hold up who projects.
    async fn take(&self) -> Result<Option<Lease>, CommitError> {
        let claimed = |row: Projecting| row.claimed(&self.owner, self.clock.now_ms());
        if claimed(self.model.look().await?).is_none() {
            return Ok(None);
        }
        let mut tx = self.model.begin().await?;
        let Some(row) = claimed(tx.projecting().await?) else {
            return Ok(None);
        };
        tx.keep(&row).await?;
        tx.commit().await?;
        Ok(Some(row.lease()))
    }

    async fn release(&self, lease: Lease) -> Result<(), CommitError> {
        let mut tx = self.model.begin().await?;
        if let Some(row) = tx.projecting().await?.released(lease) {
            tx.keep(&row).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Projects until the lease is lost or a write fails; whoever claims next goes on
    /// from the offset that was committed.
    async fn hold<B: Broker>(&self, lease: &mut Lease, follower: &mut Follower<B, C>) {
        let mut renewal = Box::pin(self.clock.sleep(RENEWAL));
        loop {
            let (batch, due) = tokio::select! {
                biased;
                () = &mut renewal => (Batch::default(), true),
                entries = follower.next() => (Batch::read(entries), false),
            };
            if batch.events.is_empty() && !due {
                // Nothing to show: the offset goes with the next batch or the renewal.
                lease.next_offset = batch.next_offset.unwrap_or(lease.next_offset);
                continue;
            }
            let written = within(&self.clock, WRITE_TIMEOUT, self.write(lease, batch)).await;
            match written {
                Some(Ok(Fencing::Held)) => renewal.set(self.clock.sleep(RENEWAL)),
                Some(Ok(Fencing::Lost)) => return,
                Some(Err(error)) => {
                    tracing::warn!("a projection failed and is done again: {error}");
                    return;
                }
                None => {
                    tracing::warn!("a projection had no answer in time and is done again");
                    return;
                }
            }
        }
    }

    async fn write(&self, lease: &mut Lease, batch: Batch) -> Result<Fencing, CommitError> {
        let moved = Lease {
            next_offset: batch.next_offset.unwrap_or(lease.next_offset),
            ..*lease
        };
        let count = batch.events.len() as u64;
        let mut spans = batch.spans;
        let glimpses = view::fold(batch.events);
        let fencing = self.project(moved, &glimpses).await;
        match &fencing {
            Ok(Fencing::Held) => {
                *lease = moved;
                metrics::PROJECTED.add(count, &[]);
                metrics::OFFSET.set(moved.next_offset as f64, &[]);
                let newest = batch.newest_at_ms;
                let lag_ms = newest.map_or(0, |at_ms| self.clock.now_ms() - at_ms);
                metrics::LAG.set(lag_ms.max(0) as f64 / 1_000.0, &[]);
            }
            Ok(Fencing::Lost) => spans.iter_mut().for_each(|span| span.fail("fenced")),
            Err(error) => spans
                .iter_mut()
                .for_each(|span| span.fail(&error.to_string())),
        }
        fencing
    }

    /// Rows and offset, or neither. `lease` carries the offset after the batch.
    async fn project(
        &self,
        lease: Lease,
        glimpses: &BTreeMap<OrderId, Glimpse>,
    ) -> Result<Fencing, CommitError> {
        let mut tx = self.model.begin().await?;
        let row = tx.projecting().await?;
        let Some(row) = row.advanced(lease, self.clock.now_ms()) else {
            return Ok(Fencing::Lost);
        };
        tx.keep(&row).await?;
        if !glimpses.is_empty() {
            tx.show(glimpses).await?;
        }
        tx.commit().await?;
        Ok(Fencing::Held)
    }
}

/// What a stretch of the log holds for the read side.
#[derive(Default)]
struct Batch {
    events: Vec<OrderEvent>,
    spans: Vec<WorkSpan>,
    newest_at_ms: Option<i64>,
    /// After the stretch, if it is not empty.
    next_offset: Option<i64>,
}

impl Batch {
    fn read(entries: Vec<Entry>) -> Self {
        let next = entries.last().map(|entry| entry.offset + 1);
        let mut batch = Self {
            next_offset: next.and_then(|offset| i64::try_from(offset).ok()),
            ..Self::default()
        };
        for entry in entries {
            let Some((event, span, occurred_at_ms)) = order_event(entry) else {
                continue;
            };
            batch.events.push(event);
            batch.spans.push(span);
            batch.newest_at_ms = batch.newest_at_ms.max(Some(occurred_at_ms));
        }
        batch
    }
}

/// The read side is about orders; other events pass by, and so does what is no event.
fn order_event(entry: Entry) -> Option<(OrderEvent, WorkSpan, i64)> {
    let envelope = match entry.content {
        Ok(envelope) if envelope.kind.starts_with("order.") => envelope,
        Ok(_) => return None,
        Err(defect) => {
            tracing::warn!(
                offset = entry.offset,
                "an entry of the log is no event: {defect}"
            );
            metrics::UNREADABLE.add(1, &[]);
            return None;
        }
    };
    let event = match OrderEvent::parse(&envelope.kind, envelope.version, &envelope.body) {
        Ok(event) => event,
        Err(error) => {
            tracing::warn!(
                offset = entry.offset,
                "an event of the log cannot be read: {error}"
            );
            metrics::UNREADABLE.add(1, &[]);
            return None;
        }
    };
    let name = format!("project {}", envelope.kind);
    let mut span = WorkSpan::start(SpanKind::Consumer, name, envelope.trace.as_ref(), &[]);
    span.set("messaging.system", "rabbitmq");
    span.set("messaging.operation.type", "process");
    span.set("messaging.message.id", envelope.id.to_string());
    span.set("breakwater.order_id", event.order_id().to_string());
    Some((event, span, envelope.occurred_at_ms))
}
