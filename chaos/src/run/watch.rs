//! What ends the method early, and what is told meanwhile.

use std::convert::Infallible;
use std::time::Duration;

use futures::future::{pending, select_all};
use tokio::time::{Instant, sleep};

use super::ask::ask;
use super::method::Method;
use super::steady;
use super::system::System;
use crate::agent::held::Told;
use crate::experiment::{Abort, Experiment, Hypothesis};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// An hour of looks, which is as long as a method may take under load. Later ones are told and not kept.
const LOOKS_KEPT: usize = 720;

/// Why the method must not go on; never, if nothing speaks against it.
pub async fn abort(experiment: &Experiment, system: &System) -> String {
    if experiment.abort.is_empty() {
        return pending().await;
    }
    let conditions = experiment
        .abort
        .iter()
        .map(|one| Box::pin(breached(one, system)));
    select_all(conditions).await.0
}

async fn breached(abort: &Abort, system: &System) -> String {
    let graced = Instant::now() + abort.grace.0;
    let mut breaches = 0;
    loop {
        let found = ask(&abort.probe.provider, system).await;
        let is_breach = match &found {
            Ok(value) => !abort.probe.tolerance.tolerates(*value),
            // No data is no news at first, and bad news later.
            Err(_) => Instant::now() >= graced,
        };
        breaches = if is_breach { breaches + 1 } else { 0 };
        if breaches >= abort.breaches {
            let found = found.map_or_else(|why| why, |value| value.to_string());
            let (name, tolerance) = (&abort.probe.name, &abort.probe.tolerance);
            return format!(
                "aborted: {name} was {found}, not {tolerance}, {breaches} times in a row"
            );
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Elapsed, what is in force, receipts so far, and what the probes say.
pub async fn progress(
    method: &Method<'_>,
    hypothesis: Option<&Hypothesis>,
    tell: &(dyn Fn(String) + Sync),
) -> Infallible {
    let started = Instant::now();
    loop {
        sleep(steady::TELL_EVERY).await;
        method.refresh().await;
        if let Ok(state) = method.system.agent.state().await {
            tell(in_force(&state.faults, started.elapsed().as_secs()));
        }
        if let Some(hypothesis) = hypothesis {
            let state = steady::look(hypothesis, method.system).await;
            let elapsed = started.elapsed().as_secs();
            tell(steady::line(&format!("method, {elapsed} s"), &state));
            method.record.note(|journal| {
                let during = &mut journal.steady_states.during;
                if during.len() < LOOKS_KEPT {
                    during.push(state);
                }
            });
        }
    }
}

/// The load generator's view reads this line.
fn in_force(faults: &[Told], elapsed: u64) -> String {
    let touched: u64 = faults.iter().map(|fault| fault.touched).sum();
    let active = faults.iter().filter(|fault| !fault.is_over);
    let active: Vec<String> = active
        .map(|fault| format!("{} {} s left", fault.fault, fault.left_ms.div_ceil(1_000)))
        .collect();
    let active = match active.is_empty() {
        true => "nothing in force".to_owned(),
        false => active.join(", "),
    };
    format!("{elapsed} s: {active}, {touched} receipts")
}
