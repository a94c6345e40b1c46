//! An experiment from its hypothesis to its journal.
//!
//! - [`system`]: where probes ask. [`ask`]: what they are told. [`steady`]: the hypothesis.
//! - [`method`]: faults and pauses over time. `inject`: one of them. `collect`: those that nobody waited for.
//! - [`kills`]: how many may yet die. [`back`]: victims that must come back.
//! - [`heartbeat`]: what keeps the agent from healing. [`watch`]: what ends the method early, and what is told meanwhile.
//! - [`record`]: the journal as it grows.

pub mod ask;
pub mod back;
mod collect;
pub mod heartbeat;
mod inject;
pub mod kills;
pub mod method;
pub mod record;
pub mod steady;
pub mod system;
pub mod watch;

use std::future::Future;
use std::path::Path;

use crate::agent::client::AgentError;
use crate::experiment::{Experiment, file};
use crate::fault::Capability;
use crate::journal::{Journal, JournalError, Status};
use heartbeat::Heartbeat;
use method::Method;
use record::{Part, Record};
use system::System;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every fault left a receipt, and the steady state is back.
    Held,
    /// The steady state did not come back, or a victim.
    Deviated,
    /// It says nothing about the system.
    Unknown,
}

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("this target cannot: {}. {}", list(.0), advice(.0))]
    Incapable(Vec<Capability>),
}

fn list(all: &[Capability]) -> String {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    words.join(", ")
}

fn advice(all: &[Capability]) -> &'static str {
    match all.contains(&Capability::Links) {
        true => "Start it with proxies on its links: platform up --links",
        false => "See what an experiment needs: chaos validate FILE",
    }
}

/// What is asked for, beside the experiment itself.
pub struct Request<'a> {
    pub experiment: Experiment,
    pub seed: u64,
    pub journal: &'a Path,
}

/// Nothing is broken unless all of it can be. Whatever happens, what was broken is healed when this returns.
pub async fn run(
    request: Request<'_>,
    system: &System,
    tell: &(dyn Fn(String) + Sync),
    stop: impl Future<Output = ()>,
) -> Result<Ending, RunError> {
    let (agent, experiment) = (&system.agent, &request.experiment);
    let able = agent.state().await?.capabilities;
    let mut missing = file::needs(experiment);
    missing.retain(|need| !able.contains(need));
    if !missing.is_empty() {
        return Err(RunError::Incapable(missing));
    }
    let seed = request.seed;
    let record = Record::begin(Journal::begin(experiment.clone(), seed), request.journal)?;
    let ticket = agent.begin(&experiment.title, heartbeat::TERM).await?;
    let beating = Heartbeat::start(agent.clone(), ticket.id);
    let part = |part| Method::new(system, ticket.id, experiment, seed, (&record, part), tell);
    let method = part(Part::Run);
    let mut status = tokio::select! {
        status = phases(experiment, &method) => status,
        () = stop => Status::Interrupted,
        () = beating.lost() => {
            let why = "the agent heard no heartbeat and healed everything";
            record.note(|journal| journal.why.push(why.into()));
            Status::Failed
        }
    };
    // Also of what Ctrl-C, an abort or an error left in force: the agent forgets an experiment that is over.
    method.collect().await;
    let healed = agent.finish(ticket.id).await;
    method.close();
    drop(beating);
    // One that is over already is healed.
    if let Err(error) = healed
        && !matches!(error, AgentError::Refused { .. })
    {
        record.note(|journal| journal.why.push(format!("not healed by us: {error}")));
    }
    // Steps that break nothing: probes and pauses of the experiment's author.
    let ended = match record.write(|_| ()) {
        Ok(()) => part(Part::Rollbacks).run(&experiment.rollbacks).await,
        Err(error) => {
            status = Status::Failed;
            Err(error.to_string())
        }
    };
    record.note(|journal| journal.why.extend(ended.err()));
    if status == Status::Completed {
        recover(experiment, system, &record, tell).await;
    }
    let journal = record.write(|journal| {
        conclude(journal, status);
        journal.clone()
    });
    let journal = journal?;
    for why in &journal.why {
        tell(why.clone());
    }
    Ok(ending(&journal))
}

/// The hypothesis, and the method if it holds.
async fn phases(experiment: &Experiment, method: &Method<'_>) -> Status {
    let Method {
        system,
        record,
        tell,
        ..
    } = method;
    let hypothesis = experiment.steady_state_hypothesis.as_ref();
    if let Some(hypothesis) = hypothesis {
        let before = steady::look(hypothesis, system).await;
        let is_met = before.steady_state_met;
        tell(steady::line("before the method", &before));
        record.note(|journal| journal.steady_states.before = Some(before));
        if !is_met {
            let why = "the steady state did not hold before the method";
            record.note(|journal| journal.why.push(why.into()));
            return Status::Failed;
        }
    }
    let watched = watch::abort(experiment, system);
    let told = watch::progress(method, hypothesis, *tell);
    let (status, why) = tokio::select! {
        done = method.run(&experiment.method) => match done {
            Ok(()) => (Status::Completed, None),
            Err(why) => (Status::Failed, Some(why)),
        },
        why = watched => (Status::Aborted, Some(why)),
        never = told => match never {},
    };
    record.note(|journal| journal.why.extend(why));
    status
}

/// After everything is healed.
async fn recover(
    experiment: &Experiment,
    system: &System,
    record: &Record<'_>,
    tell: &(dyn Fn(String) + Sync),
) {
    let Some(hypothesis) = &experiment.steady_state_hypothesis else {
        return;
    };
    let after = steady::regained(hypothesis, system, experiment.recovery.0, tell).await;
    tell(steady::line("after the method", &after));
    if !after.steady_state_met {
        let within = experiment.recovery;
        record.deviated(format!("the steady state was not back within {within}"));
    }
    record.note(|journal| journal.steady_states.after = Some(after));
}

fn conclude(journal: &mut Journal, status: Status) {
    let silent = journal.without_receipts();
    let silent =
        silent.map(|one| format!("{}: no receipt, so it may not have happened", one.title));
    let silent: Vec<String> = silent.collect();
    journal.why.extend(silent);
    journal.finish(status);
}

fn ending(journal: &Journal) -> Ending {
    match journal.status {
        Status::Completed if journal.deviated => Ending::Deviated,
        Status::Completed if journal.without_receipts().next().is_none() => Ending::Held,
        _ => Ending::Unknown,
    }
}
