//! A broker in simulated time: what RabbitMQ does to a client, and all that it may do.
//!
//! Quorum queues keep what was confirmed over a restart and may lose the rest; a
//! connection that ends gives its unsettled messages back; a publish reaches none, some
//! or all of its queues when the connection dies under it; readers of a stream see what
//! is stored for good.
//!
//! - [`state`]: exchanges, queues, sessions. [`routing`]: who gets a message.
//! - [`delivery`]: who holds it. [`poison`]: what nobody can read. [`session`], [`publisher`], [`consumer`]: the seam of `messaging`.

mod consumer;
mod delivery;
pub mod poison;
mod publisher;
mod routing;
mod session;
mod state;

use crate::{process::Process, world::World};
use messaging::{
    Entropy,
    broker::{Broker, BrokerError, Role},
    message::Publication,
};
use session::SimSession;
use state::State;
pub use state::Stored;
use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

/// To the broker or back, at most.
const TRAVEL_US: u64 = 2_000;

/// The server: one for all processes, and it outlives them.
pub struct Server {
    pub world: Arc<World>,
    state: Mutex<State>,
}

impl Server {
    pub fn new(world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            state: Mutex::default(),
        })
    }

    pub fn client(self: &Arc<Self>, process: &Arc<Process>) -> SimBroker {
        SimBroker {
            server: Arc::clone(self),
            process: Arc::clone(process),
        }
    }

    /// Every connection ends; what nobody was promised may be gone. Back at `until_us`.
    pub fn restart(&self, until_us: u64) {
        let mut state = self.lock();
        state.down_until_us = until_us;
        let lost = state.lose_unconfirmed(|| self.world.dice.below(2) == 0);
        for _ in 0..lost {
            crate::world::count(&self.world.tally.unconfirmed_lost);
        }
        self.world.note(
            "broker",
            format_args!("restarts, {lost} unconfirmed messages lost"),
        );
        let sessions: Vec<u64> = state.sessions.keys().copied().collect();
        let wakers: Vec<Waker> = sessions
            .into_iter()
            .flat_map(|id| state.end_session(id))
            .collect();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    pub fn block_until(&self, until_us: u64) {
        self.lock().blocked_until_us = until_us;
        self.world
            .note("broker", format_args!("blocks publishers: disk alarm"));
    }

    /// Nothing waits, nothing is held, nothing is on its way.
    pub fn is_idle(&self) -> bool {
        self.lock().is_idle()
    }

    /// The offset behind the last entry of the log.
    pub fn log_length(&self) -> u64 {
        let state = self.lock();
        let log = state.queues.get(topology::EVENTS_LOG);
        log.map_or(0, |log| log.ready.len() as u64)
    }

    /// What lies in a queue; a stream's whole log.
    pub fn stored(&self, queue: &str) -> Vec<Stored> {
        self.lock().stored(queue)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and wakes whom it concerns.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> (T, Vec<Waker>)) -> T {
        let (result, wakers) = change(&mut self.lock());
        wakers.into_iter().for_each(Waker::wake);
        result
    }

    async fn until<T>(&self, mut look: impl FnMut(&mut State, &Waker) -> Option<T>) -> T {
        poll_fn(|context| match look(&mut self.lock(), context.waker()) {
            Some(seen) => Poll::Ready(seen),
            None => Poll::Pending,
        })
        .await
    }

    /// Into the queues: `reached` says which of them, where not all are.
    fn put(
        self: &Arc<Self>,
        process: &Arc<Process>,
        publication: &Arc<Publication>,
        reached: impl FnMut() -> bool,
    ) -> (usize, Vec<u64>) {
        routing::put(self, process, publication, reached)
    }
}

/// The server, as one process reaches it.
#[derive(Clone)]
pub struct SimBroker {
    server: Arc<Server>,
    process: Arc<Process>,
}

impl Broker for SimBroker {
    type Session = SimSession;

    async fn connect(&self, role: Role) -> Result<SimSession, BrokerError> {
        self.process.travel(TRAVEL_US).await;
        let now_us = self.server.world.timeline.now_us();
        let mut state = self.server.lock();
        if state.down_until_us > now_us {
            return Err(BrokerError::Unreachable("connection refused".to_owned()));
        }
        let id = state.open_session();
        drop(state);
        self.process
            .note(format_args!("connects to {}", role.label()));
        Ok(SimSession {
            server: Arc::clone(&self.server),
            process: Arc::clone(&self.process),
            id,
        })
    }
}
