//! What keeps the agent from healing: it stops with us.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::agent::client::{Agent, AgentError};

/// How long faults outlive a harness that was killed.
pub const TERM: Duration = Duration::from_secs(10);
/// Three may be lost.
const EVERY: Duration = Duration::from_secs(3);

pub struct Heartbeat {
    beating: JoinHandle<()>,
    lost: watch::Receiver<bool>,
}

impl Heartbeat {
    pub fn start(agent: Agent, id: u64) -> Self {
        let (lose, lost) = watch::channel(false);
        let beating = tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                let beat = tokio::time::timeout(TERM, agent.heartbeat(id)).await;
                if let Ok(Err(AgentError::Refused { .. })) = beat {
                    lose.send_replace(true);
                }
            }
        });
        Self { beating, lost }
    }

    /// The agent has given us up.
    pub async fn lost(&self) {
        let mut lost = self.lost.clone();
        if lost.wait_for(|lost| *lost).await.is_err() {
            std::future::pending().await
        }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.beating.abort();
    }
}
