//! One transaction for everything that is ready.
//!
//! ```text
//! begin ─ inbox insert ─ load ─ fold ─ save ─ outbox insert ─ commit
//! ```

use super::{
    admit::admit,
    fold::{Ask, Folded, fold},
    panic_text,
};
use crate::{
    backoff::Backoff,
    clock::{Clock, within},
    crash_points::{self, Point},
    entropy::Entropy,
    envelope::Envelope,
    metrics,
    store::{CommitError, OutboxRow, Store, StoreError, Transaction},
};
use decider::Participant;
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use telemetry::{TraceContext, WorkSpan};

/// A batch is at most the prefetch and takes milliseconds; its statements have 5 s each.
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);
const COMMIT_TIMEOUT: Duration = Duration::from_secs(5);
/// Serialization failures and restarts clear within a few attempts, or not at all.
const CONFLICTS_MAX: u32 = 5;

/// What a batch runs on.
#[derive(Clone)]
pub(crate) struct Ground<S, C> {
    pub(crate) store: S,
    pub(crate) clock: C,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// One thing to be done.
pub(super) struct Item<P: Participant> {
    pub(super) commands: Vec<P::Command>,
    pub(super) origin: Origin,
}

pub(super) enum Origin {
    Message {
        envelope: Envelope,
        redelivered: bool,
    },
    Caller {
        trace: Option<TraceContext>,
    },
}

/// A batch that is committed.
pub(super) struct Committed<P: Participant> {
    pub(super) state: P::State,
    /// One an item, in order.
    pub(super) answers: Vec<Answer<P>>,
    pub(super) rows: Vec<OutboxRow>,
}

pub(super) enum Answer<P: Participant> {
    Done(Vec<P::Event>),
    /// A caller's command, refused.
    Refused(P::Rejection),
    /// Handled before.
    Duplicate,
}

/// Why a batch did not come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// One of its items, for ever: the batch is to be taken apart.
    Culprit(String),
    /// Nobody's fault; nothing happened.
    Unavailable(String),
    /// Nobody's fault; it may have happened.
    Unknown(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Fault(reason) | StoreError::Taken(reason) => Self::Culprit(reason),
            StoreError::Conflict(reason) | StoreError::Unavailable(reason) => {
                Self::Unavailable(reason)
            }
        }
    }
}

/// Runs a batch, again after a conflict.
pub(super) async fn run<P, S, C>(
    ground: &Ground<S, C>,
    items: &[Item<P>],
) -> Result<Committed<P>, Failure>
where
    P: Participant,
    S: Store<P>,
    C: Clock,
{
    let started_at_ms = ground.clock.now_ms();
    let mut backoff = Backoff::new(Duration::from_millis(5), Duration::from_millis(200));
    loop {
        let attempt = AssertUnwindSafe(attempt(ground, items))
            .catch_unwind()
            .await;
        let error = match attempt {
            Err(panic) => return Err(Failure::Culprit(panic_text(&*panic))),
            Ok(Ok(committed)) => {
                let elapsed_ms = ground.clock.now_ms() - started_at_ms;
                metrics::BATCH_SIZE.record(items.len() as f64, &[]);
                metrics::BATCH_SECONDS.record(elapsed_ms as f64 / 1_000.0, &[]);
                crash_points::reached(Point::AfterCommit);
                return Ok(committed);
            }
            Ok(Err(error)) => error,
        };
        match error {
            Attempt::Failed(failure) => return Err(failure),
            Attempt::Conflict(reason) if backoff.attempts() >= CONFLICTS_MAX => {
                return Err(Failure::Unavailable(reason));
            }
            Attempt::Taken(reason) if backoff.attempts() >= CONFLICTS_MAX => {
                return Err(Failure::Culprit(reason));
            }
            Attempt::Conflict(_) | Attempt::Taken(_) => {
                ground.clock.sleep(backoff.next(&*ground.entropy)).await
            }
        }
    }
}

pub(super) enum Attempt {
    Conflict(String),
    Taken(String),
    Failed(Failure),
}

impl From<StoreError> for Attempt {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(reason) => Self::Conflict(reason),
            StoreError::Taken(reason) => Self::Taken(reason),
            StoreError::Unavailable(_) | StoreError::Fault(_) => Self::Failed(error.into()),
        }
    }
}

async fn attempt<P, S, C>(ground: &Ground<S, C>, items: &[Item<P>]) -> Result<Committed<P>, Attempt>
where
    P: Participant,
    S: Store<P>,
    C: Clock,
{
    let mut spans = Vec::new();
    let silent = || Attempt::Failed(Failure::Unavailable("no answer in time".to_owned()));
    let prepared = within(
        &ground.clock,
        TRANSACTION_TIMEOUT,
        prepare(ground, items, &mut spans),
    );
    let outcome = match prepared.await {
        None => Err(silent()),
        Some(Err(error)) => Err(error),
        Some(Ok((tx, committed))) => match within(&ground.clock, COMMIT_TIMEOUT, tx.commit()).await
        {
            Some(Ok(())) => Ok(committed),
            Some(Err(CommitError::Aborted(error))) => Err(error.into()),
            Some(Err(CommitError::Unknown(reason))) => {
                Err(Attempt::Failed(Failure::Unknown(reason)))
            }
            None => Err(Attempt::Failed(Failure::Unknown(
                "commit: no answer in time".to_owned(),
            ))),
        },
    };
    if let Err(error) = &outcome {
        let (Attempt::Conflict(reason)
        | Attempt::Taken(reason)
        | Attempt::Failed(
            Failure::Culprit(reason) | Failure::Unavailable(reason) | Failure::Unknown(reason),
        )) = error;
        spans
            .iter_mut()
            .for_each(|span: &mut WorkSpan| span.fail(reason));
    }
    outcome
}

/// Everything up to the commit.
async fn prepare<P, S, C>(
    ground: &Ground<S, C>,
    items: &[Item<P>],
    spans: &mut Vec<WorkSpan>,
) -> Result<(S::Tx, Committed<P>), Attempt>
where
    P: Participant,
    S: Store<P>,
    C: Clock,
{
    let now_ms = ground.clock.now_ms();
    let mut tx = ground.store.begin().await?;
    match inside(&mut tx, items, spans, now_ms).await {
        Ok(committed) => Ok((tx, committed)),
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}

async fn inside<P: Participant, T: Transaction<P>>(
    tx: &mut T,
    items: &[Item<P>],
    spans: &mut Vec<WorkSpan>,
    now_ms: i64,
) -> Result<Committed<P>, Attempt> {
    let causes = admit(tx, items, spans, now_ms).await?;
    let admitted = items.iter().zip(causes);
    let asks: Vec<Option<Ask<'_, P>>> = admitted
        .map(|(item, cause)| {
            Some(Ask {
                commands: &item.commands,
                may_be_refused: matches!(item.origin, Origin::Caller { .. }),
                cause: cause?,
            })
        })
        .collect();
    let duplicate: Vec<bool> = asks.iter().map(Option::is_none).collect();
    let asks: Vec<Ask<'_, P>> = asks.into_iter().flatten().collect();
    let commands: Vec<P::Command> = asks.iter().flat_map(|ask| ask.commands).cloned().collect();
    let before = match commands.is_empty() {
        true => P::State::default(),
        false => tx.load(&commands).await?,
    };
    let folded: Folded<P> = fold(before.clone(), &asks, now_ms)
        .map_err(|reason| Attempt::Failed(Failure::Culprit(reason)))?;
    let events: Vec<P::Event> = folded.answers.iter().flatten().flatten().cloned().collect();
    if !events.is_empty() {
        tx.save(&before, &folded.state, &events).await?;
    }
    if !folded.rows.is_empty() {
        tx.outbox_insert(&folded.rows).await?;
    }
    let mut answers = folded.answers.into_iter();
    let answers = duplicate.into_iter().map(|duplicate| match duplicate {
        true => Answer::Duplicate,
        false => match answers.next() {
            Some(Ok(events)) => Answer::Done(events),
            Some(Err(rejection)) => Answer::Refused(rejection),
            None => Answer::Done(Vec::new()),
        },
    });
    Ok(Committed {
        answers: answers.collect(),
        state: folded.state,
        rows: folded.rows,
    })
}
