//! Victims that must come back.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::agent::client::Agent;
use crate::clock;
use crate::receipt::Receipt;

/// Fine enough to see a restart that takes a tenth of a second.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Notes in each receipt of a process who took its place and when that was ready. Those that did not come back within
/// the bound are named.
pub async fn wait(agent: &Agent, receipts: &mut [Receipt], within: Duration) -> Vec<String> {
    let until = Instant::now() + within;
    loop {
        // An agent that does not answer for a moment is not the end.
        let processes = agent.processes().await.unwrap_or_default();
        for receipt in receipts
            .iter_mut()
            .filter(|receipt| receipt.ready_at_ms.is_none())
        {
            let now = processes.iter().find(|one| one.name == receipt.name);
            if let Some(now) = now
                && now.ready
                && now.pid.is_some()
                && now.pid != receipt.pid
            {
                receipt.gone = Some(true);
                receipt.new_pid = now.pid;
                receipt.ready_at_ms = Some(clock::now_ms());
            }
        }
        let away = receipts
            .iter()
            .filter(|receipt| receipt.ready_at_ms.is_none());
        let away: Vec<String> = away.map(|receipt| receipt.name.clone()).collect();
        if away.is_empty() || Instant::now() >= until {
            return away;
        }
        sleep(LOOK_EVERY).await;
    }
}
