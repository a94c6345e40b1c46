//! Commands from HTTP and timers: concurrent callers share a transaction.

use super::{
    batch::{self, Answer, Committed, Failure, Ground, Item, Origin},
    caught,
    outflow::Outflow,
};
use crate::{clock::Clock, metrics, store::Store};
use decider::Participant;
use std::sync::Arc;
use telemetry::TraceContext;
use tokio::sync::{mpsc, oneshot};

/// Callers waiting. At 500 commands a second and a slow disk's 50 ms a batch, some 25
/// wait; a thousand means that they come faster than the database can commit.
const WAITING_MAX: usize = 1_024;
/// Commands a transaction.
const BATCH_MAX: usize = 256;
/// A caller that has waited this long has likely gone; starting its work helps nobody.
const PATIENCE_MS: i64 = 5_000;

/// Why a command has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecuteError {
    /// Not done: too many callers are waiting. Try again later.
    #[error("too many commands are waiting; try again later")]
    Overloaded,
    /// Not done: the database cannot be reached, or the service is draining.
    #[error("not done, try again later: {0}")]
    Unavailable(String),
    /// Not done, and it will not be: the core or the database refuses the data.
    #[error("not done: {0}")]
    Defective(String),
    /// It may have been done. Ask again with the same key.
    #[error("it may or may not have been done, ask again with the same key: {0}")]
    Unknown(String),
}

/// What became of a call: the committed state, and the events or the refusal.
type Told<'a, P> = Result<
    (
        &'a <P as decider::Decider>::State,
        Result<&'a [<P as decider::Decider>::Event], &'a <P as decider::Decider>::Rejection>,
    ),
    ExecuteError,
>;

type Tell<P> = Box<dyn FnOnce(Told<'_, P>) + Send>;

pub(crate) struct Call<P: Participant> {
    command: P::Command,
    trace: Option<TraceContext>,
    expires_at_ms: i64,
    tell: Tell<P>,
}

/// Takes commands. Cheap to clone.
pub struct CommandSender<P: Participant> {
    calls: mpsc::WeakSender<Call<P>>,
    now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl<P: Participant> Clone for CommandSender<P> {
    fn clone(&self) -> Self {
        Self {
            calls: self.calls.clone(),
            now_ms: Arc::clone(&self.now_ms),
        }
    }
}

pub(crate) type Calls<P> = (mpsc::Sender<Call<P>>, mpsc::Receiver<Call<P>>);

/// The sender that keeps the loop alive, and what the loop reads.
pub(crate) fn calls<P: Participant>() -> Calls<P> {
    mpsc::channel(WAITING_MAX)
}

impl<P: Participant> CommandSender<P> {
    pub(crate) fn new<C: Clock>(calls: &mpsc::Sender<Call<P>>, clock: C) -> Self {
        Self {
            calls: calls.downgrade(),
            now_ms: Arc::new(move || clock.now_ms()),
        }
    }

    /// Runs one command through the batch path. `reply` sees the state as its batch
    /// committed it, and the events, or the refusal (nothing of a refused command
    /// happened). It runs after the commit, on the batch's task: keep it short.
    /// `trace` is what the messages of its events carry on.
    pub async fn execute<R: Send + 'static>(
        &self,
        command: P::Command,
        trace: Option<TraceContext>,
        reply: impl FnOnce(&P::State, Result<&[P::Event], &P::Rejection>) -> R + Send + 'static,
    ) -> Result<R, ExecuteError> {
        let draining = || ExecuteError::Unavailable("the service is draining".to_owned());
        let calls = self.calls.upgrade().ok_or_else(draining)?;
        let (tell, told) = oneshot::channel();
        let call = Call {
            command,
            trace,
            expires_at_ms: (self.now_ms)() + PATIENCE_MS,
            tell: Box::new(move |outcome: Told<'_, P>| {
                // A caller that is gone does not want to know.
                let _ = tell.send(outcome.map(|(state, answer)| reply(state, answer)));
            }),
        };
        calls.try_send(call).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ExecuteError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => draining(),
        })?;
        drop(calls);
        told.await
            .unwrap_or_else(|_| Err(ExecuteError::Unknown("the answer was lost".to_owned())))
    }
}

/// Until every sender is gone.
pub(crate) async fn run<P, S, C>(
    ground: Ground<S, C>,
    mut calls: mpsc::Receiver<Call<P>>,
    outflow: Outflow,
) where
    P: Participant,
    S: Store<P>,
    C: Clock,
{
    let mut waiting = Vec::with_capacity(BATCH_MAX);
    while calls.recv_many(&mut waiting, BATCH_MAX).await > 0 {
        let now_ms = ground.clock.now_ms();
        let (late, batch): (Vec<_>, Vec<_>) = waiting
            .drain(..)
            .partition(|call: &Call<P>| call.expires_at_ms < now_ms);
        for call in late {
            (call.tell)(Err(ExecuteError::Unavailable("waited too long".to_owned())));
        }
        settle(&ground, batch, &outflow).await;
    }
}

async fn settle<P, S, C>(ground: &Ground<S, C>, batch: Vec<Call<P>>, outflow: &Outflow)
where
    P: Participant,
    S: Store<P>,
    C: Clock,
{
    if batch.is_empty() {
        return;
    }
    let (items, tells): (Vec<Item<P>>, Vec<Tell<P>>) = batch.into_iter().map(into_item).unzip();
    match batch::run(ground, &items).await {
        Ok(committed) => answer(committed, tells, outflow),
        Err(Failure::Culprit(_)) if items.len() > 1 => {
            for (item, tell) in items.into_iter().zip(tells) {
                match batch::run(ground, std::slice::from_ref(&item)).await {
                    Ok(committed) => answer(committed, vec![tell], outflow),
                    Err(failure) => tell(Err(failure.into())),
                }
            }
        }
        Err(failure) => tells
            .into_iter()
            .for_each(|tell| tell(Err(failure.clone().into()))),
    }
}

fn into_item<P: Participant>(call: Call<P>) -> (Item<P>, Tell<P>) {
    let origin = Origin::Caller { trace: call.trace };
    (
        Item {
            commands: vec![call.command],
            origin,
        },
        call.tell,
    )
}

fn answer<P: Participant>(committed: Committed<P>, tells: Vec<Tell<P>>, outflow: &Outflow) {
    outflow.offer(&committed.rows);
    for (answer, tell) in committed.answers.into_iter().zip(tells) {
        let state = &committed.state;
        // A reply that panics is its caller's loss only.
        let told = match &answer {
            Answer::Done(events) => {
                count_events::<P>(events);
                caught(|| tell(Ok((state, Ok(events)))))
            }
            Answer::Refused(rejection) => caught(|| tell(Ok((state, Err(rejection))))),
            Answer::Duplicate => Ok(()),
        };
        if let Err(panic) = told {
            tracing::error!("a reply failed after its command was committed: {panic}");
        }
    }
}

pub(super) fn count_events<P: Participant>(events: &[P::Event]) {
    for event in events {
        metrics::EVENTS.add(1, &[P::label(event)]);
    }
}

impl From<Failure> for ExecuteError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Culprit(reason) => Self::Defective(reason),
            Failure::Unavailable(reason) => Self::Unavailable(reason),
            Failure::Unknown(reason) => Self::Unknown(reason),
        }
    }
}
