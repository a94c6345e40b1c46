//! SIGKILL: no drain, no flush, no goodbye.

use std::time::{Duration, Instant};

use super::{Fault, FaultError, Kind};
use crate::clock;
use crate::journal::Receipt;
use crate::target::{Capability, Killed, Process, Target};

pub const KIND: Kind = Kind {
    name: "process/kill",
    needs: &[Capability::Kill],
    meaning: "SIGKILL one process; whoever supervises it starts it again",
};

pub struct ProcessKill {
    pub victim: Process,
    pub patience: Patience,
}

/// How long to watch, and how closely.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub back_within: Duration,
    pub look_every: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            // The supervisor's longest back-off and a start with the machine under load, twice over.
            back_within: Duration::from_secs(60),
            // Fine enough to see a restart that takes a tenth of a second.
            look_every: Duration::from_millis(50),
        }
    }
}

impl Fault for ProcessKill {
    fn kind(&self) -> Kind {
        KIND
    }

    fn title(&self) -> String {
        format!("kill {}", self.victim.name)
    }

    async fn inject<T: Target>(&self, target: &T) -> Result<Vec<Receipt>, FaultError> {
        let killed = target.kill(&self.victim.name).await?;
        let mut receipt = self.receipt(&killed);
        let started = Instant::now();
        while started.elapsed() < self.patience.back_within {
            receipt.gone |= target.is_gone(killed.pid);
            // A control API that does not answer for a moment is not the end: the receipt must be kept.
            let processes = target.processes().await.unwrap_or_default();
            let successor = processes
                .iter()
                .find(|process| process.name == self.victim.name);
            if let Some(pid) = successor.filter(|p| p.ready).and_then(|p| p.pid)
                && pid != killed.pid
            {
                // Another process bears the name: the old one cannot be there any more.
                receipt.gone = true;
                receipt.new_pid = Some(pid);
                receipt.ready_at_ms = Some(clock::now_ms());
                return Ok(vec![receipt]);
            }
            tokio::time::sleep(self.patience.look_every).await;
        }
        Err(FaultError::NotBack {
            name: self.victim.name.clone(),
            bound_ms: self.patience.back_within.as_millis(),
            receipts: vec![receipt],
        })
    }
}

impl ProcessKill {
    fn receipt(&self, killed: &Killed) -> Receipt {
        Receipt {
            what: "process".into(),
            name: killed.name.clone(),
            service: self.victim.service.clone(),
            pid: killed.pid,
            signal: killed.signal.clone(),
            at_ms: killed.at_ms,
            gone: false,
            new_pid: None,
            ready_at_ms: None,
        }
    }
}
