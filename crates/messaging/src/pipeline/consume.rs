//! Messages from the queue, in batches, each settled exactly when it may be.

use super::{
    batch::{self, Answer, Committed, Failure, Ground, Item, Origin},
    execute::count_events,
    hear::hear,
    outflow::Outflow,
    quarantine::{Poison, quarantine},
    stop::Stop,
};
use crate::{
    backoff::Backoff,
    broker::{Broker, BrokerError, Consumer, Delivery, Session},
    clock::Clock,
    crash_points::{self, Point},
    link::Link,
    metrics,
    store::Store,
};
use decider::Participant;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use std::{collections::BTreeSet, time::Duration};

/// What the loop needs beside the link.
pub(crate) struct Intake<S, C> {
    pub(crate) service: &'static str,
    pub(crate) queue: String,
    pub(crate) prefetch: u16,
    pub(crate) ground: Ground<S, C>,
    pub(crate) outflow: Outflow,
    pub(crate) stop: Stop,
}

type Quarantines = FuturesUnordered<BoxFuture<'static, Option<u64>>>;

/// Until draining is requested.
pub(crate) async fn run<P, S, B, C>(intake: Intake<S, C>, mut link: Link<B, C>)
where
    P: Participant,
    S: Store<P>,
    B: Broker,
    C: Clock,
{
    while let Some(session) = intake.stop.or(link.establish()).await {
        let end = Intake::session::<P, B>(&intake, &link, &session).await;
        match end {
            Ok(()) => return session.close().await,
            Err(error) => {
                drop(session);
                if intake.stop.or(link.failed(&error)).await.is_none() {
                    return;
                }
            }
        }
    }
}

impl<S, C: Clock> Intake<S, C> {
    /// `Ok`: draining was requested and the batch at hand is finished.
    async fn session<P, B>(
        &self,
        link: &Link<B, C>,
        session: &B::Session,
    ) -> Result<(), BrokerError>
    where
        P: Participant,
        S: Store<P>,
        B: Broker,
    {
        let mut consumer = session.consumer(&self.queue, self.prefetch).await?;
        link.up();
        let mut quarantines = Quarantines::new();
        // Not to be settled yet: their dead letters are on the way.
        let mut held = BTreeSet::new();
        loop {
            tokio::select! {
                biased;
                () = self.stop.requested() => return Ok(()),
                Some(tag) = quarantines.next(), if !quarantines.is_empty() => {
                    let Some(tag) = tag else { return Ok(()) };
                    held.remove(&tag);
                    consumer.ack(tag).await?;
                }
                batch = consumer.next() => {
                    let Some(done) = self.batch::<P>(batch?, &mut held, &mut quarantines).await else {
                        return Ok(());
                    };
                    settle(&mut consumer, &done, &held).await?;
                }
            }
        }
    }

    /// The tags that are done; `None` when draining came first.
    async fn batch<P>(
        &self,
        batch: Vec<Delivery>,
        held: &mut BTreeSet<u64>,
        quarantines: &mut Quarantines,
    ) -> Option<Vec<u64>>
    where
        P: Participant,
        S: Store<P>,
    {
        let now_ms = self.ground.clock.now_ms();
        let mut heard = Vec::with_capacity(batch.len());
        for delivery in batch {
            match hear::<P>(delivery, now_ms) {
                Ok(message) => heard.push(message),
                Err(poison) => self.hold(*poison, held, quarantines),
            }
        }
        if heard.is_empty() {
            return Some(Vec::new());
        }
        let (deliveries, items): (Vec<_>, Vec<_>) = heard
            .into_iter()
            .map(|one| (one.delivery, one.item))
            .unzip();
        let mut done = Vec::with_capacity(items.len());
        match self.persist(&items).await? {
            Ok(()) => done.extend(deliveries.iter().map(|delivery| delivery.tag)),
            Err(reason) if items.len() == 1 => {
                for (delivery, item) in deliveries.into_iter().zip(&items) {
                    self.hold(poisonous(delivery, item, &reason), held, quarantines);
                }
            }
            Err(reason) => {
                tracing::warn!(
                    size = items.len(),
                    "a batch fails and is taken apart: {reason}"
                );
                for (delivery, item) in deliveries.into_iter().zip(&items) {
                    match self.persist(std::slice::from_ref(item)).await? {
                        Ok(()) => done.push(delivery.tag),
                        Err(reason) => {
                            self.hold(poisonous(delivery, item, &reason), held, quarantines)
                        }
                    }
                }
            }
        }
        crash_points::reached(Point::BeforeAcknowledge);
        Some(done)
    }

    /// Commits, however long the store is away; `Err` is the culprit's reason.
    async fn persist<P>(&self, items: &[Item<P>]) -> Option<Result<(), String>>
    where
        P: Participant,
        S: Store<P>,
    {
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(2));
        loop {
            let failure = match batch::run(&self.ground, items).await {
                Ok(committed) => {
                    self.outflow.offer(&committed.rows);
                    count(items, &committed);
                    return Some(Ok(()));
                }
                Err(Failure::Culprit(reason)) => return Some(Err(reason)),
                // After an unknown commit the inbox tells what happened.
                Err(Failure::Unavailable(reason) | Failure::Unknown(reason)) => reason,
            };
            let wait = backoff.next(&*self.ground.entropy);
            tracing::warn!(
                size = items.len(),
                attempt = backoff.attempts(),
                "messages are kept: {failure}"
            );
            self.stop.or(self.ground.clock.sleep(wait)).await?;
        }
    }

    fn hold(&self, poison: Poison, held: &mut BTreeSet<u64>, quarantines: &mut Quarantines) {
        held.insert(poison.delivery.tag);
        let ground = &self.ground;
        let letter = quarantine(
            self.service,
            poison,
            self.outflow.clone(),
            ground.clock.clone(),
            ground.entropy.clone(),
            self.stop.clone(),
        );
        quarantines.push(letter.boxed());
    }
}

fn poisonous<P: Participant>(delivery: Delivery, item: &Item<P>, reason: &str) -> Poison {
    Poison {
        delivery,
        kind: kind_of(item).to_owned(),
        reason: reason.to_owned(),
    }
}

fn kind_of<P: Participant>(item: &Item<P>) -> &str {
    match &item.origin {
        Origin::Message { envelope, .. } => &envelope.kind,
        Origin::Caller { .. } => "unknown",
    }
}

fn count<P: Participant>(items: &[Item<P>], committed: &Committed<P>) {
    for (item, answer) in items.iter().zip(&committed.answers) {
        let outcome = match answer {
            Answer::Done(events) => {
                count_events::<P>(events);
                "processed"
            }
            Answer::Refused(_) => "processed",
            Answer::Duplicate => "duplicate",
        };
        metrics::MESSAGES_HANDLED.add(1, &[kind_of(item), outcome]);
    }
}

/// One acknowledgement for all that lie before the first held message, one each for those
/// after it.
async fn settle(
    consumer: &mut impl Consumer,
    done: &[u64],
    held: &BTreeSet<u64>,
) -> Result<(), BrokerError> {
    let first_held = held.first().copied().unwrap_or(u64::MAX);
    let (before, after): (Vec<u64>, Vec<u64>) = done.iter().partition(|tag| **tag < first_held);
    if let Some(last) = before.last() {
        consumer.ack_through(*last).await?;
    }
    for tag in after {
        consumer.ack(tag).await?;
    }
    Ok(())
}
