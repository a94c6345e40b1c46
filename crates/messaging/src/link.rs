//! The connection supervisor.
//!
//! ```text
//! connect (deadline) ─> declare ─> gate open ─> run ─> any error, any end of stream
//!    ^                                                          │
//!    └───────── jittered backoff <─ gate closed <─ cut <────────┘      for ever
//! ```
//!
//! One code path for a broker that restarts, a queue that is deleted, a channel that
//! is closed for a mistake and a cable that is pulled.

use crate::{
    backoff::Backoff,
    broker::{Broker, BrokerError, Role, Session},
    clock::Clock,
    entropy::Entropy,
    gate::Gate,
    topology::Topology,
};
use std::{sync::Arc, time::Duration};

/// The first retry comes soon, for most ends are a restart of a queue's leader.
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
/// Long enough that a fleet does not storm a broker that is starting, short enough
/// that recovery is not about us.
const BACKOFF_LONGEST: Duration = Duration::from_secs(5);
/// A session that lived this long was healthy: its end starts a new count.
const HEALTHY_AFTER_MS: i64 = 10_000;

/// Builds sessions of one role, one after the other.
pub struct Link<B, C> {
    broker: B,
    role: Role,
    topology: Arc<Topology>,
    gate: Gate,
    clock: C,
    entropy: Arc<dyn Entropy>,
    backoff: Backoff,
    established_at_ms: Option<i64>,
}

impl<B: Broker, C: Clock> Link<B, C> {
    pub fn new(
        broker: B,
        role: Role,
        topology: Arc<Topology>,
        gate: Gate,
        clock: C,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        gate.close("not connected to the broker yet");
        Self {
            broker,
            role,
            topology,
            gate,
            clock,
            entropy,
            backoff: Backoff::new(BACKOFF_FIRST, BACKOFF_LONGEST),
            established_at_ms: None,
        }
    }

    /// A session with the topology declared. Waits as long as it takes.
    pub async fn establish(&mut self) -> B::Session {
        loop {
            match self.attempt().await {
                Ok(session) => {
                    self.established_at_ms = Some(self.clock.now_ms());
                    return session;
                }
                Err(error) => self.failed(&error).await,
            }
        }
    }

    async fn attempt(&self) -> Result<B::Session, BrokerError> {
        let session = self.broker.connect(self.role).await?;
        session.declare(&self.topology).await?;
        Ok(session)
    }

    /// Channels and consumers are there as well: now the link is up.
    pub fn up(&self) {
        tracing::info!(role = self.role.label(), "connected to the broker");
        self.gate.open();
    }

    /// Waits before the next attempt. The session must be gone by now.
    pub async fn failed(&mut self, why: &BrokerError) {
        self.gate.close(&why.to_string());
        let lived = self.established_at_ms.take();
        if lived.is_some_and(|since| self.clock.now_ms() - since >= HEALTHY_AFTER_MS) {
            self.backoff.reset();
        }
        let wait = self.backoff.next(&*self.entropy);
        tracing::warn!(
            role = self.role.label(),
            attempt = self.backoff.attempts(),
            wait_ms = wait.as_millis() as u64,
            "no broker: {why}"
        );
        self.clock.sleep(wait).await;
    }

    pub fn clock(&self) -> &C {
        &self.clock
    }
}
