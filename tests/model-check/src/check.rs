//! Runs the checker over one model.

use crate::{action::Action, claims, scenario::Scenario, world::World};
use stateright::{Checker, HasDiscoveries, Model};
use std::{
    thread,
    time::{Duration, Instant},
};

/// How often a run is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What is found so far.
#[derive(Clone, Debug)]
pub struct Progress {
    pub states: usize,
    pub depth: usize,
    pub elapsed: Duration,
}

#[derive(Clone, Debug)]
pub struct Report {
    pub model: String,
    /// Different states; the whole space, unless a claim is violated.
    pub states: usize,
    /// Steps to the farthest of them.
    pub depth: usize,
    pub elapsed: Duration,
    pub violations: Vec<Violation>,
    /// What was never seen though it should have been.
    pub unseen: Vec<&'static str>,
    /// How many sights there were to be seen.
    pub sights: usize,
}

/// Claims that the same path violates.
#[derive(Clone, Debug)]
pub struct Violation {
    pub claims: Vec<&'static str>,
    pub steps: usize,
    pub story: String,
}

impl Report {
    /// The claims that do not hold.
    pub fn violated(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.violations
            .iter()
            .flat_map(|violation| violation.claims.iter().copied())
    }

    /// Every claim holds, and everything was seen.
    pub fn is_proof(&self) -> bool {
        self.violations.is_empty() && self.unseen.is_empty()
    }
}

/// The checker stopped without an answer.
#[derive(Clone, Debug)]
pub struct Unfinished(pub String);

/// Every state of `scenario`, or as far as the first violation. Breadth first and on one
/// thread, so that the same model gives the same story.
pub fn check(scenario: Scenario, mut look: impl FnMut(Progress)) -> Result<Report, Unfinished> {
    let started = Instant::now();
    let (model, sights) = (scenario.name.clone(), scenario.sights.clone());
    let mut checker = World::new(scenario)
        .checker()
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs();
    let handles = checker.handles();
    while !handles.iter().all(thread::JoinHandle::is_finished) {
        thread::park_timeout(LOOK);
        look(Progress {
            states: checker.unique_state_count(),
            depth: checker.max_depth(),
            elapsed: started.elapsed(),
        });
    }
    for handle in handles {
        handle
            .join()
            .map_err(|panic| Unfinished(text_of(&*panic)))?;
    }
    let discoveries = checker.discoveries();
    let violated = claims::ALL.iter().filter_map(|claim| {
        let path = discoveries.get(claim.name)?.clone();
        let steps = checker.model().simplest(claim, path.into_actions());
        Some((claim.name, steps))
    });
    let mut paths: Vec<(Vec<&'static str>, Vec<Action>)> = Vec::new();
    for (claim, steps) in violated {
        match paths.iter_mut().find(|(_, known)| *known == steps) {
            Some((claims, _)) => claims.push(claim),
            None => paths.push((vec![claim], steps)),
        }
    }
    let violations = paths
        .into_iter()
        .map(|(claims, steps)| Violation {
            claims,
            steps: steps.len(),
            story: checker.model().story(&steps),
        })
        .collect();
    let unseen = sights.iter().map(|sight| sight.name);
    Ok(Report {
        model,
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        elapsed: started.elapsed(),
        violations,
        unseen: unseen
            .filter(|name| !discoveries.contains_key(name))
            .collect(),
        sights: sights.len(),
    })
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without words".to_owned())
}
