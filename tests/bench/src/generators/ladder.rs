//! The highest rate that a generator keeps: rates upward, until one does not hold twice.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use super::process;
use super::stub::Stub;
use super::{Ask, Generator, Pace, Seen};
use crate::run::{BenchError, say};
use crate::settings::GeneratorSettings;

/// Of the sends: with one in a hundred late, the p99 is no longer the system's.
const LATE_SHARE_MAX: f64 = 0.01;
/// Of the rate asked for; arrivals at the very end may be answered after it.
const REACHED_SHARE_MIN: f64 = 0.99;
/// To start, to let go of what is under way, and to sum up.
const BEYOND: Duration = Duration::from_secs(60);

/// One generator, and what it kept.
#[derive(Clone, Debug)]
pub struct Ladder {
    pub name: String,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub struct Step {
    /// Requests a second; `None` of a closed loop.
    pub rate: Option<u32>,
    pub seen: Seen,
    pub generator_used_ms: u64,
    pub stub_used_ms: u64,
    pub peak_kib: u64,
    pub fault: Option<Fault>,
}

/// The first thing that kept a step from counting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    Errors(u64),
    Late(f64),
    Short(f64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Errors(n) => write!(f, "{n} errors"),
            Fault::Late(share) => write!(f, "{:.1} % late or not sent", 100.0 * share),
            Fault::Short(rate) => write!(f, "only {rate:.0} requests/s"),
        }
    }
}

impl Ladder {
    /// The highest step that held.
    pub fn highest(&self) -> Option<&Step> {
        self.steps.iter().rfind(|step| step.fault.is_none())
    }
}

pub async fn climb(
    generator: &dyn Generator,
    stub: &Stub,
    settings: &GeneratorSettings,
    dir: &Path,
) -> Result<Ladder, BenchError> {
    let mut ladder = Ladder {
        name: generator.name(),
        steps: Vec::new(),
    };
    match generator.pace() {
        Pace::Closed => {
            ladder.attempt(generator, stub, None, settings, dir).await?;
        }
        Pace::Open => {
            for rate in &settings.rates {
                let rate = Some(*rate);
                // Twice if need be: a machine that stalls once is not the generator's limit.
                let held = ladder.attempt(generator, stub, rate, settings, dir).await?
                    || ladder.attempt(generator, stub, rate, settings, dir).await?;
                if !held {
                    break;
                }
            }
        }
    }
    Ok(ladder)
}

impl Ladder {
    async fn attempt(
        &mut self,
        generator: &dyn Generator,
        stub: &Stub,
        rate: Option<u32>,
        settings: &GeneratorSettings,
        dir: &Path,
    ) -> Result<bool, BenchError> {
        let ask = Ask {
            url: stub.url.clone(),
            rate: rate.unwrap_or(0),
            length: Duration::from_secs(settings.seconds),
            dir: dir.to_owned(),
        };
        let stub_before_ms = stub.used_ms();
        let command = generator.command(&ask)?;
        let ended = process::run(&self.name, command, ask.length + BEYOND).await?;
        let seen = generator.read(&ended.printed).ok_or_else(|| {
            let what = format!("it says nothing that is understood: {}", ended.printed);
            BenchError::Process(self.name.clone(), what)
        })?;
        let step = Step {
            rate,
            seen,
            generator_used_ms: ended.used_ms,
            stub_used_ms: stub.used_ms().saturating_sub(stub_before_ms),
            peak_kib: ended.peak_kib,
            fault: fault(&seen, rate),
        };
        let reached = seen.requests_per_second();
        let outcome = step.fault.map_or("held".into(), |fault| fault.to_string());
        say(&format!(
            "{}: {reached:.0} requests/s, {outcome}",
            self.name
        ));
        let held = step.fault.is_none();
        self.steps.push(step);
        Ok(held)
    }
}

fn fault(seen: &Seen, rate: Option<u32>) -> Option<Fault> {
    let reached = seen.requests_per_second();
    if seen.errors > 0 {
        return Some(Fault::Errors(seen.errors));
    }
    if let Some(share) = seen.late_share.filter(|share| *share >= LATE_SHARE_MAX) {
        return Some(Fault::Late(share));
    }
    let asked = rate.map_or(0.0, f64::from);
    (reached < asked * REACHED_SHARE_MIN).then_some(Fault::Short(reached))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(requests: u64, late_share: Option<f64>, errors: u64) -> Seen {
        Seen {
            requests,
            seconds: 10.0,
            late_share,
            errors,
            ..Seen::default()
        }
    }

    #[test]
    fn a_step_holds_when_all_is_sent_in_time_and_answered() {
        let asked = Some(1_000);
        assert_eq!(fault(&seen(10_000, Some(0.0), 0), asked), None);
        let late = fault(&seen(10_000, Some(0.02), 0), asked);
        assert_eq!(late, Some(Fault::Late(0.02)));
        let short = fault(&seen(9_000, Some(0.0), 0), asked);
        assert_eq!(short, Some(Fault::Short(900.0)));
        let wrong = fault(&seen(10_000, Some(0.02), 1), asked);
        assert_eq!(wrong, Some(Fault::Errors(1)));
    }

    #[test]
    fn a_closed_loop_is_asked_for_nothing() {
        assert_eq!(fault(&seen(1, None, 0), None), None);
    }
}
