//! The steady-state hypothesis: what its probes say, before and after.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::ask::ask;
use super::system::System;
use crate::clock;
use crate::experiment::{Hypothesis, Probe};
use crate::journal::{Activity, SteadyState};

/// As often as Prometheus scrapes.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub async fn look(hypothesis: &Hypothesis, system: &System) -> SteadyState {
    let mut probes = Vec::new();
    for probe in &hypothesis.probes {
        probes.push(one(probe, system).await);
    }
    SteadyState {
        steady_state_met: probes.iter().all(|probe| probe.tolerance_met == Some(true)),
        probes,
    }
}

/// As soon as it holds, or as it is when `within` is over.
pub async fn regained(hypothesis: &Hypothesis, system: &System, within: Duration) -> SteadyState {
    let until = Instant::now() + within;
    loop {
        let state = look(hypothesis, system).await;
        if state.steady_state_met || Instant::now() >= until {
            return state;
        }
        sleep(LOOK_EVERY).await;
    }
}

pub async fn one(probe: &Probe, system: &System) -> Activity {
    let start_ms = clock::now_ms();
    let found = ask(&probe.provider, system).await;
    let provider = json!(probe.provider);
    let mut activity = Activity::of("probe", &probe.name, provider, start_ms);
    match found {
        Ok(value) => {
            activity.output = json!(value);
            activity.tolerance_met = Some(probe.tolerance.tolerates(value));
            activity
        }
        Err(why) => {
            activity.tolerance_met = Some(false);
            activity.failed(why)
        }
    }
}

pub fn tell(state: &SteadyState, tell: &(dyn Fn(String) + Sync)) {
    for probe in &state.probes {
        let met = match probe.tolerance_met {
            Some(true) => "ok",
            _ => "NOT TOLERATED",
        };
        let found = match (&probe.output, &probe.exception) {
            (_, Some(why)) => why.join("; "),
            (Value::Null, None) => "nothing".into(),
            (value, None) => value.to_string(),
        };
        tell(format!("{}: {found} ({met})", probe.title));
    }
}
