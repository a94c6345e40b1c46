//! The steady-state hypothesis: what its probes say, before the method, during it and after it.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::ask::ask;
use super::system::System;
use crate::experiment::{Hypothesis, Probe};
use crate::journal::{Activity, ActivityStatus, SteadyState};

/// As often as Prometheus scrapes.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Often enough that nobody asks whether it still runs.
pub const TELL_EVERY: Duration = Duration::from_secs(5);

pub async fn look(hypothesis: &Hypothesis, system: &System) -> SteadyState {
    let probes = hypothesis.probes.iter().map(|probe| one(probe, system));
    let probes = join_all(probes).await;
    SteadyState {
        steady_state_met: probes.iter().all(|probe| probe.tolerance_met == Some(true)),
        probes,
    }
}

/// As soon as it holds, or as it is when `within` is over.
pub async fn regained(
    hypothesis: &Hypothesis,
    system: &System,
    within: Duration,
    tell: &(dyn Fn(String) + Sync),
) -> SteadyState {
    let began = Instant::now();
    let mut told = began;
    loop {
        let state = look(hypothesis, system).await;
        let now = Instant::now();
        if state.steady_state_met || now >= began + within {
            return state;
        }
        if now >= told + TELL_EVERY {
            told = now;
            let waited = now.duration_since(began).as_secs();
            tell(line(&format!("recovery, {waited} s"), &state));
        }
        sleep(LOOK_EVERY).await;
    }
}

pub async fn one(probe: &Probe, system: &System) -> Activity {
    let mut activity = Activity::begin("probe", &probe.name, json!(probe.provider));
    match ask(&probe.provider, system).await {
        Ok(value) => {
            activity.output = json!(value);
            activity.tolerance_met = Some(probe.tolerance.tolerates(value));
            activity.end(ActivityStatus::Succeeded);
        }
        Err(why) => {
            activity.tolerance_met = Some(false);
            activity.fail(why);
        }
    }
    activity
}

/// What its probes said, in one of the phases of an experiment.
pub fn line(phase: &str, state: &SteadyState) -> String {
    let said = state.probes.iter().map(|probe| {
        let met = match probe.tolerance_met {
            Some(true) => "ok",
            _ => "NOT TOLERATED",
        };
        let found = match (&probe.output, &probe.exception) {
            (_, Some(why)) => why.join("; "),
            (Value::Null, None) => "nothing".into(),
            (value, None) => value.to_string(),
        };
        format!("{}: {found} ({met})", probe.title)
    });
    let said: Vec<String> = said.collect();
    format!("{phase}: {}", said.join("; "))
}
