//! How an experiment is over: asked for, or because nobody was heard of; and what is left of one whose agent died.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{ExperimentError, Experiments, of};
use crate::agent::held::Held;

/// Between attempts to heal what could not be healed at once.
const AGAIN: Duration = Duration::from_secs(1);

impl Experiments {
    /// Ends the experiment; what it broke is healed when this returns.
    pub async fn finish(&self, id: u64) -> Result<(), ExperimentError> {
        {
            let mut running = self.running.lock().await;
            of(&mut running, id)?;
        }
        self.heal_all_of(Some(id)).await;
        Ok(())
    }

    /// Everything, whoever began it. However often.
    pub async fn heal(&self) {
        self.heal_all_of(None).await;
    }

    async fn heal_all_of(&self, only: Option<u64>) {
        while !self.try_to_heal(only).await {
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Every fault once; whether nothing is left.
    async fn try_to_heal(&self, only: Option<u64>) -> bool {
        let mut running = self.running.lock().await;
        let meant = running.as_mut();
        let Some(ending) = meant.filter(|it| only.is_none_or(|id| id == it.id)) else {
            return true;
        };
        ending.is_ending = true;
        self.pulse.end();
        // The last one first: it may have begun with what an earlier one left.
        for held in ending.faults.values_mut().rev() {
            if let Err(error) = held.heal(&self.site).await {
                tracing::warn!(fault = held.order.fault, "not healed yet: {error}");
            }
        }
        let mut is_healed = ending.faults.values().all(Held::is_over);
        if is_healed && ending.has_to_sweep {
            let swept = self.site.sweep().await;
            is_healed = swept
                .inspect_err(|error| tracing::warn!("not swept yet: {error}"))
                .is_ok();
        }
        if is_healed {
            tracing::info!(experiment = ending.title, "an experiment is over");
            *running = None;
            let _ = std::fs::remove_file(&self.marker);
        }
        is_healed
    }

    /// What an agent before this one may have left; until it has succeeded once.
    pub async fn sweep(self: Arc<Self>) {
        while let Err(error) = self.site.sweep().await {
            tracing::debug!("not swept yet: {error}");
            tokio::time::sleep(AGAIN).await;
        }
        if self.running.lock().await.is_none() {
            let _ = std::fs::remove_file(&self.marker);
        }
    }

    /// Ends faults at their time, and all of them when the heartbeat is missed.
    pub(super) async fn watch(self: Arc<Self>, id: u64) {
        loop {
            let next = {
                let mut running = self.running.lock().await;
                let Ok(running) = of(&mut running, id) else {
                    return;
                };
                // Read here: it may have been heard of while something was begun or ended.
                let Some(until) = self.pulse.until(id) else {
                    return;
                };
                let now = Instant::now();
                if until <= now {
                    tracing::warn!(experiment = running.title, "no heartbeat: healing");
                    None
                } else {
                    let mut next = until;
                    for held in running.faults.values_mut() {
                        if held.is_due(now) && held.heal(&self.site).await.is_err() {
                            next = next.min(now + AGAIN);
                        } else if !held.is_over() {
                            next = next.min(held.until);
                        }
                    }
                    Some(next)
                }
            };
            let Some(next) = next else {
                return self.heal_all_of(Some(id)).await;
            };
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                () = self.changed.notified() => {}
            }
        }
    }
}
