//! Each service in turn: one instance, chosen by the seed, is killed and must come back before the next falls.

use std::path::Path;
use std::time::Duration;

use crate::clock;
use crate::dice::Dice;
use crate::fault::{Fault, FaultError, Patience, ProcessKill};
use crate::journal::{Activity, ActivityStatus, Experiment, Journal, JournalError};
use crate::target::{Kind, Process, Target, TargetError};

/// The product's services, in the order in which an order meets them; the way in and the registry last.
pub const SERVICES: [&str; 8] = [
    "orders",
    "inventory",
    "payments",
    "shipping",
    "orchestrator",
    "order-view",
    "gateway",
    "registry",
];

pub struct KillEachService {
    pub services: Vec<String>,
    pub seed: u64,
    /// Between one service back and the next one killed: long enough to see the load flow again.
    pub pause: Duration,
    pub patience: Patience,
}

/// How an experiment ended that could run at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every fault fired, and everything came back.
    AsExpected,
    /// Something did not come back within its bound.
    Deviated,
}

#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Fault(#[from] FaultError),
    #[error("no instance of {service} is ready; there are: {there}. Name others with --services")]
    NoVictim { service: String, there: String },
}

impl KillEachService {
    pub fn journal(&self) -> Journal {
        let description = format!("{}, one after the other", self.services.join(", "));
        let title = "SIGKILL one instance of each service".into();
        Journal::begin(Experiment { title, description }, self.seed)
    }

    /// Runs to its end. The journal is on disk after each activity; `progress` hears what is being done.
    pub async fn run<T: Target>(
        &self,
        target: &T,
        journal: &mut Journal,
        path: &Path,
        mut progress: impl FnMut(&str),
    ) -> Result<Ending, ExperimentError> {
        journal.write(path)?;
        self.refuse_what_cannot_be(target).await?;
        let mut ending = Ending::AsExpected;
        for (turn, service) in self.services.iter().enumerate() {
            if turn > 0 {
                tokio::time::sleep(self.pause).await;
            }
            let victim = self.victim(target, service).await?;
            let fault = ProcessKill {
                victim,
                patience: self.patience,
            };
            progress(&fault.title());
            let activity = inject(&fault, target).await?;
            if activity.status == ActivityStatus::Failed {
                ending = Ending::Deviated;
                journal.deviated = true;
            }
            progress(&summary(&activity));
            journal.run.push(activity);
            journal.write(path)?;
        }
        Ok(ending)
    }

    /// Nothing is broken unless all of it can be.
    async fn refuse_what_cannot_be<T: Target>(&self, target: &T) -> Result<(), ExperimentError> {
        crate::fault::ALL
            .iter()
            .try_for_each(|kind| kind.check(target))?;
        let processes = target.processes().await?;
        for service in &self.services {
            if !processes
                .iter()
                .any(|p| p.service == *service && p.kind == Kind::Service)
            {
                return Err(no_victim(service, &processes));
            }
        }
        Ok(())
    }

    /// Waits, within the same bound as for a return, until there is somebody to kill.
    async fn victim<T: Target>(
        &self,
        target: &T,
        service: &str,
    ) -> Result<Process, ExperimentError> {
        let started = std::time::Instant::now();
        loop {
            let processes = target.processes().await?;
            let mut ready: Vec<&Process> = processes
                .iter()
                .filter(|p| p.kind == Kind::Service && p.service == service && p.ready)
                .collect();
            ready.sort_by(|left, right| left.name.cmp(&right.name));
            if let Some(victim) = Dice::new(self.seed).pick(service, &ready) {
                return Ok((*victim).clone());
            }
            if started.elapsed() >= self.patience.back_within {
                return Err(no_victim(service, &processes));
            }
            tokio::time::sleep(self.patience.look_every).await;
        }
    }
}

/// A fault that fired and was not survived is a finding; one that could not be injected ends the experiment.
async fn inject<F: Fault, T: Target>(fault: &F, target: &T) -> Result<Activity, FaultError> {
    let start_ms = clock::now_ms();
    let (status, why, receipts) = match fault.inject(target).await {
        Ok(receipts) => (ActivityStatus::Succeeded, None, receipts),
        Err(FaultError::NotBack {
            name,
            bound_ms,
            receipts,
        }) => {
            let why = format!("{name} was not ready again within {bound_ms} ms");
            (ActivityStatus::Failed, Some(why), receipts)
        }
        Err(error @ (FaultError::Target(_) | FaultError::Incapable(_))) => return Err(error),
    };
    let end_ms = clock::now_ms();
    Ok(Activity {
        title: fault.title(),
        fault: Some(fault.kind().name.into()),
        status,
        start: clock::iso8601(start_ms),
        end: clock::iso8601(end_ms),
        duration: end_ms.saturating_sub(start_ms) as f64 / 1_000.0,
        why,
        receipts,
    })
}

fn summary(activity: &Activity) -> String {
    match (&activity.why, activity.receipts.first()) {
        (Some(why), _) => why.clone(),
        (None, Some(receipt)) => format!(
            "{} (pid {}) was killed and is back after {:.1} s",
            receipt.name, receipt.pid, activity.duration
        ),
        (None, None) => format!("{}: no receipt", activity.title),
    }
}

fn no_victim(service: &str, processes: &[Process]) -> ExperimentError {
    let there: std::collections::BTreeSet<&str> = processes
        .iter()
        .map(|process| process.service.as_str())
        .collect();
    let there = there.into_iter().collect::<Vec<_>>().join(", ");
    ExperimentError::NoVictim {
        service: service.into(),
        there,
    }
}
