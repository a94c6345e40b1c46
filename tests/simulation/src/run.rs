//! One run, from its settings to its verdict.

use crate::{
    director, evidence, executor,
    faults::{Fault, Strike},
    judgement,
    plan::Plan,
    settings::Settings,
    sometimes::{Sometimes, sometimes},
    system::System,
    world::{Line, Step, World},
};
use checkers::Report;
use std::sync::{Arc, atomic::Ordering};

/// A run that could not be made at all.
#[derive(Debug, thiserror::Error)]
#[error("no run: {0}")]
pub struct RunError(#[from] std::io::Error);

pub struct Outcome {
    pub seed: u64,
    pub orders: usize,
    pub messages: u64,
    /// Awaits on a server or a clock.
    pub steps: u64,
    pub simulated_us: u64,
    pub reports: Vec<Report>,
    pub strikes: Vec<Strike>,
    pub sometimes: Vec<Sometimes>,
    /// Every message that a service handled.
    pub handled: Vec<Step>,
    /// Whether the one aimed blow, if there was one, found its message.
    pub aim_hit: bool,
    /// Empty unless it was recorded.
    pub lines: Vec<Line>,
}

pub fn run(settings: &Settings) -> Result<Outcome, RunError> {
    let world = World::new(settings);
    let plan = Plan::new(settings.seed, settings.orders);
    let system = System::new(&world);
    let course = executor::run(&world, director::run(Arc::clone(&system), &plan))?;
    let evidence = evidence::of(&system, &course.client, &plan);
    let inside = evidence::inside(&system, &plan, course.settled_after_us);
    let strikes: Vec<Strike> = (world.faults.receipts().iter())
        .map(|receipt| receipt.strike)
        .collect();
    Ok(Outcome {
        seed: settings.seed,
        orders: settings.orders,
        messages: world.tally.messages(),
        steps: world.steps(),
        simulated_us: world.timeline.now_us(),
        reports: judgement::judge(&evidence, &inside),
        sometimes: sometimes(&evidence, &world, &strikes),
        handled: world.tally.steps_handled(),
        aim_hit: world.tally.aims_hit.load(Ordering::Relaxed) > 0,
        lines: world.lines(),
        strikes,
    })
}

impl Outcome {
    pub fn failed(&self) -> impl Iterator<Item = &Report> {
        judgement::failed(&self.reports)
    }

    pub fn is_valid(&self) -> bool {
        self.failed().next().is_none()
    }

    /// `I5, I12`
    pub fn failed_claims(&self) -> Vec<&'static str> {
        self.failed().map(|report| report.claim.id).collect()
    }

    pub fn kinds_struck(&self) -> std::collections::BTreeSet<Fault> {
        self.strikes.iter().map(|(fault, _)| *fault).collect()
    }

    /// One line an event, as files and terminals show it.
    pub fn trace(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}
