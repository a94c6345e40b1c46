//! The assembly: what a service's `main` starts, and drains.

use crate::{
    broker::{Broker, Role},
    clock::Clock,
    entropy::Entropy,
    gate::Gate,
    link::Link,
    pipeline::{
        CommandSender,
        batch::Ground,
        consume::{self, Intake},
        eraser, execute, outflow,
        stop::Stop,
    },
    relay::{self, OutboxLevel},
    store::Store,
    topology::Topology,
};
use decider::Participant;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// Delivered and not settled. Two batches: one in its transaction, one arriving. A crash
/// counts one delivery against each of these messages, so it is not larger.
pub const PREFETCH: u16 = 256;

/// What differs between services.
pub struct Settings {
    /// Also the name of its queue and the routing key of its dead letters.
    pub service: &'static str,
    pub topology: Topology,
    pub prefetch: u16,
    /// Readiness: consuming, publishing, and the database, asked each second.
    pub consume_gate: Gate,
    pub publish_gate: Gate,
    pub store_gate: Gate,
}

impl Settings {
    pub fn new(service: &'static str, topology: Topology) -> Self {
        Self {
            service,
            topology,
            prefetch: PREFETCH,
            consume_gate: Gate::unwatched(),
            publish_gate: Gate::unwatched(),
            store_gate: Gate::unwatched(),
        }
    }
}

/// A running participant.
///
/// ```text
/// consume ─┐            ┌─> outflow ─> eraser
/// execute ─┴─> batches ─┘      ^
///                       relay ─┘
/// ```
/// Draining follows the arrows: intake stops, batches finish, publishes are confirmed,
/// rows are deleted.
pub struct Service<P: Participant> {
    commands: CommandSender<P>,
    level: OutboxLevel,
    /// The last strong sender: dropped to drain.
    calls: tokio::sync::mpsc::Sender<execute::Call<P>>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<&'static str>,
}

/// A task of the service ended by itself: a defect. The process should end too and be
/// started again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the messaging task {0} ended by itself; restart the process and report the log")]
pub struct TaskEnded(pub String);

impl<P: Participant> Service<P> {
    /// Starts everything on the current Tokio runtime.
    pub fn start<B, S, C>(
        broker: B,
        store: S,
        clock: C,
        entropy: Arc<dyn Entropy>,
        settings: Settings,
    ) -> Self
    where
        B: Broker,
        S: Store<P>,
        C: Clock,
    {
        let Settings {
            service,
            topology,
            prefetch,
            consume_gate,
            publish_gate,
            store_gate,
        } = settings;
        let topology = Arc::new(topology);
        let link = |role, gate| {
            Link::new(
                broker.clone(),
                role,
                Arc::clone(&topology),
                gate,
                clock.clone(),
                Arc::clone(&entropy),
            )
        };
        let (stop_sender, stop) = Stop::new();
        let (outflow, lanes) = outflow::outflow();
        let (eraser, confirmed) = eraser::eraser();
        let (calls, waiting) = execute::calls::<P>();
        let level = OutboxLevel::default();
        let ground = Ground {
            store: store.clone(),
            clock: clock.clone(),
            entropy: Arc::clone(&entropy),
        };
        let intake = Intake {
            service,
            queue: service.to_owned(),
            prefetch,
            ground: ground.clone(),
            outflow: outflow.clone(),
            stop: stop.clone(),
        };
        let commands = CommandSender::new(&calls, clock.clone());

        let mut tasks = JoinSet::new();
        let mut spawn = |name, task: futures::future::BoxFuture<'static, ()>| {
            tasks.spawn(async move {
                task.await;
                name
            });
        };
        spawn(
            "consume",
            Box::pin(consume::run::<P, S, B, C>(
                intake,
                link(Role::Consume, consume_gate),
            )),
        );
        spawn(
            "execute",
            Box::pin(execute::run(ground, waiting, outflow.clone())),
        );
        spawn(
            "relay",
            Box::pin(relay::sweep(
                store.clone(),
                clock.clone(),
                outflow,
                eraser.clone(),
                stop.clone(),
            )),
        );
        spawn(
            "outflow",
            Box::pin(outflow::run(
                link(Role::Publish, publish_gate),
                lanes,
                eraser,
                stop.clone(),
            )),
        );
        spawn(
            "measure",
            Box::pin(relay::measure(
                store.clone(),
                clock.clone(),
                level.clone(),
                store_gate,
                stop.clone(),
            )),
        );
        spawn(
            "prune",
            Box::pin(relay::prune(store.clone(), clock.clone(), stop)),
        );
        spawn(
            "eraser",
            Box::pin(eraser::run(store, clock, entropy, confirmed)),
        );
        Self {
            commands,
            level,
            calls,
            stop: stop_sender,
            tasks,
        }
    }

    pub fn commands(&self) -> CommandSender<P> {
        self.commands.clone()
    }

    pub fn outbox_level(&self) -> OutboxLevel {
        self.level.clone()
    }

    /// Resolves only if a task ends that should not. Select on it beside the shutdown signal.
    pub async fn failed(&mut self) -> TaskEnded {
        match self.tasks.join_next().await {
            Some(Ok(name)) => TaskEnded(name.to_owned()),
            Some(Err(error)) => TaskEnded(error.to_string()),
            None => std::future::pending().await,
        }
    }

    /// Stops taking in, finishes what was begun, flushes what was committed. What is not
    /// done within `deadline` stays in queue and outbox, and is done by whoever comes next.
    pub async fn drain(mut self, deadline: Duration) {
        let _ = self.stop.send(true);
        drop(self.calls);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(deadline, all).await.is_err() {
            tracing::warn!("drained not to the end: messages stay in queue and outbox");
        }
        self.tasks.shutdown().await;
    }
}
