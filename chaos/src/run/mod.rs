//! An experiment from its hypothesis to its journal.
//!
//! - [`system`]: where probes ask. [`ask`]: what they are told. [`steady`]: the hypothesis.
//! - [`method`]: faults and pauses over time. [`back`]: victims that must come back.
//! - [`heartbeat`]: what keeps the agent from healing. [`watch`]: what ends the method early, and what is told meanwhile.

pub mod ask;
pub mod back;
pub mod heartbeat;
pub mod method;
pub mod steady;
pub mod system;
pub mod watch;

use std::future::Future;
use std::path::Path;

use crate::agent::client::{Agent, AgentError};
use crate::experiment::{Experiment, file};
use crate::fault::Capability;
use crate::journal::{Journal, JournalError, Status};
use heartbeat::Heartbeat;
use method::Method;
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
    agent: &Agent,
    system: &System,
    tell: &(dyn Fn(String) + Sync),
    stop: impl Future<Output = ()>,
) -> Result<Ending, RunError> {
    let experiment = &request.experiment;
    let able = agent.state().await?.capabilities;
    let mut missing = file::needs(experiment);
    missing.retain(|need| !able.contains(need));
    if !missing.is_empty() {
        return Err(RunError::Incapable(missing));
    }
    let mut journal = Journal::begin(experiment.clone(), request.seed);
    // On disk before anything is broken: a disk that is full refuses here.
    journal.write(request.journal)?;
    let ticket = agent.begin(&experiment.title, heartbeat::TERM).await?;
    let beating = Heartbeat::start(agent.clone(), ticket.id);
    let status = tokio::select! {
        status = phases(&request, agent, ticket.id, system, &mut journal, tell) => status,
        () = stop => Ok(Status::Interrupted),
        () = beating.lost() => {
            let why = "the agent heard no heartbeat and healed everything";
            journal.why.push(why.into());
            Ok(Status::Failed)
        }
    };
    // Also after an error, and after Ctrl-C. One that is over already is healed.
    let healed = agent.finish(ticket.id).await;
    drop(beating);
    if let Err(error) = healed
        && !matches!(error, AgentError::Refused { .. })
    {
        journal.why.push(format!("not healed by us: {error}"));
    }
    let status = status.unwrap_or_else(|error| {
        journal.why.push(error.to_string());
        Status::Failed
    });
    // Steps that break nothing: probes and pauses of the experiment's author.
    let method = Method::new(
        agent.clone(),
        ticket.id,
        system,
        experiment,
        request.seed,
        tell,
    );
    if let Err(why) = method.run(&experiment.rollbacks).await {
        journal.why.push(why);
    }
    let (activities, deviations) = method.finish().await;
    journal.rollbacks = activities;
    journal.deviated |= !deviations.is_empty();
    journal.why.extend(deviations);
    if status == Status::Completed {
        recover(experiment, system, &mut journal, tell).await;
    }
    for one in journal
        .without_receipts()
        .map(|one| one.title.clone())
        .collect::<Vec<_>>()
    {
        journal
            .why
            .push(format!("{one}: no receipt, so it may not have happened"));
    }
    journal.finish(status);
    for why in &journal.why {
        tell(why.clone());
    }
    journal.write(request.journal)?;
    Ok(ending(&journal))
}

async fn phases(
    request: &Request<'_>,
    agent: &Agent,
    id: u64,
    system: &System,
    journal: &mut Journal,
    tell: &(dyn Fn(String) + Sync),
) -> Result<Status, RunError> {
    let experiment = &request.experiment;
    if let Some(hypothesis) = &experiment.steady_state_hypothesis {
        let before = steady::look(hypothesis, system).await;
        let is_met = before.steady_state_met;
        steady::tell(&before, tell);
        journal.steady_states.before = Some(before);
        if !is_met {
            journal
                .why
                .push("the steady state did not hold before the method".into());
            return Ok(Status::Failed);
        }
    }
    let method = Method::new(agent.clone(), id, system, experiment, request.seed, tell);
    let watched = watch::abort(experiment, system);
    let told = watch::progress(&method, tell);
    let (status, why) = tokio::select! {
        done = method.run(&experiment.method) => match done {
            Ok(()) => (Status::Completed, None),
            Err(why) => (Status::Failed, Some(why)),
        },
        why = watched => (Status::Aborted, Some(why)),
        never = told => match never {},
    };
    journal.why.extend(why);
    let (activities, deviations) = method.finish().await;
    journal.deviated |= !deviations.is_empty();
    journal.why.extend(deviations);
    journal.run = activities;
    journal.write(request.journal)?;
    Ok(status)
}

/// After everything is healed.
async fn recover(
    experiment: &Experiment,
    system: &System,
    journal: &mut Journal,
    tell: &(dyn Fn(String) + Sync),
) {
    let Some(hypothesis) = &experiment.steady_state_hypothesis else {
        return;
    };
    let after = steady::regained(hypothesis, system, experiment.recovery.0).await;
    steady::tell(&after, tell);
    if !after.steady_state_met {
        journal.deviated = true;
        journal.why.push(format!(
            "the steady state was not back within {}",
            experiment.recovery
        ));
    }
    journal.steady_states.after = Some(after);
}

fn ending(journal: &Journal) -> Ending {
    match journal.status {
        Status::Completed if journal.deviated => Ending::Deviated,
        Status::Completed if journal.without_receipts().next().is_none() => Ending::Held,
        _ => Ending::Unknown,
    }
}
