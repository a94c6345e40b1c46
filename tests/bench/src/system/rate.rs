//! The highest rate that is kept up with: no send late, nothing failed, no backlog that grows. Steps upward until one
//! does not hold, then one step halfway back.

use std::fmt;
use std::time::Duration;

use super::generator::{Coordination, Generator, GeneratorError, Phase};
use crate::run::say;
use crate::settings::Settings;

/// A backlog grows when more than this share of what comes does not end. Samples of a steady one have a slope, too:
/// about a third of this at 50 orders/s and ten seconds.
const GROWTH_SHARE_MAX: f64 = 0.02;
/// Orders under way in a step that is over end as fast as they did in it; this many seconds' worth are a backlog.
const WORTH_MAX_S: f64 = 2.0;

#[derive(Clone, Debug)]
pub struct Highest {
    pub coordination: Coordination,
    /// None of the steps held: there is no figure.
    pub rate: Option<u32>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub rate: u32,
    pub length: Duration,
    pub phase: Phase,
    pub fault: Option<Fault>,
}

/// The first thing that kept a step from counting.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    Dropped(u64),
    Failed(u64),
    NotDrained,
    Backlog { growth: f64, most: u64 },
    Late { sends: u64, latest_ms: f64 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Dropped(n) => write!(f, "{n} sends dropped, too many orders under way"),
            Fault::Failed(n) => write!(f, "{n} orders failed or unknown"),
            Fault::NotDrained => write!(f, "orders had not ended a minute after the last send"),
            Fault::Backlog { growth, most } => {
                write!(f, "backlog grew by {growth:.1} orders/s, up to {most}")
            }
            Fault::Late { sends, latest_ms } => {
                write!(f, "{sends} sends late, by up to {latest_ms:.0} ms")
            }
        }
    }
}

pub async fn search(
    generator: &mut Generator<'_>,
    coordination: Coordination,
    settings: &Settings,
) -> Result<Highest, GeneratorError> {
    let length = settings.step();
    let mut highest = Highest {
        coordination,
        rate: None,
        steps: Vec::new(),
    };
    let mut rate = settings.first_rate;
    while rate <= settings.rate_max && highest.attempt(generator, rate, length).await? {
        rate += settings.rate_step;
    }
    if rate <= settings.rate_max
        && let Some(middle) = between(highest.rate, rate)
    {
        highest.attempt(generator, middle, length / 2).await?;
    }
    Ok(highest)
}

/// Halfway from what held to what did not, for a shorter look.
fn between(held: Option<u32>, failed: u32) -> Option<u32> {
    let held = held.unwrap_or(0);
    let middle = held.midpoint(failed);
    (held < middle).then_some(middle)
}

impl Highest {
    /// The one that the figure is of.
    pub fn phase(&self) -> Option<&Phase> {
        let held = |step: &&Step| step.fault.is_none() && Some(step.rate) == self.rate;
        self.steps.iter().find(held).map(|step| &step.phase)
    }

    /// Twice if need be: a machine that stalls once for tens of milliseconds is not the system's limit, and a rate that
    /// is too high is too high again.
    async fn attempt(
        &mut self,
        generator: &mut Generator<'_>,
        rate: u32,
        length: Duration,
    ) -> Result<bool, GeneratorError> {
        for _ in 0..2 {
            let phase = generator.phase(self.coordination, rate, length).await?;
            let fault = fault(&phase, rate);
            let said = fault
                .as_ref()
                .map_or("held".to_owned(), ToString::to_string);
            say(&format!(
                "{} {rate} orders/s: {said}",
                self.coordination.label()
            ));
            let held = fault.is_none();
            self.steps.push(Step {
                rate,
                length,
                phase,
                fault,
            });
            if held {
                self.rate = self.rate.max(Some(rate));
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn fault(phase: &Phase, rate: u32) -> Option<Fault> {
    let (load, rate) = (&phase.load, f64::from(rate));
    let (growth, most) = (phase.backlog.growth(), phase.backlog.most());
    if load.dropped > 0 {
        Some(Fault::Dropped(load.dropped))
    } else if load.failed + load.unknown > 0 {
        Some(Fault::Failed(load.failed + load.unknown))
    } else if !phase.drained {
        Some(Fault::NotDrained)
    } else if growth > GROWTH_SHARE_MAX * rate || most as f64 > WORTH_MAX_S * rate {
        Some(Fault::Backlog { growth, most })
    } else if load.late > 0 {
        Some(Fault::Late {
            sends: load.late,
            latest_ms: load.latest_ms,
        })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::backlog::Backlog;
    use crate::system::processor::Processor;
    use loadgen::tally;

    fn phase(growth: u64) -> Phase {
        let mut backlog = Backlog::default();
        (1..10).for_each(|s| backlog.add(Duration::from_secs(s), 5 + growth * s));
        Phase {
            load: tally::Load::default(),
            backlog,
            processor: Processor::default(),
            drained: true,
        }
    }

    #[test]
    fn a_step_holds_when_nothing_is_late_lost_or_piled_up() {
        assert_eq!(fault(&phase(0), 100), None);
        let mut late = phase(0);
        late.load.late = 1;
        assert!(matches!(
            fault(&late, 100),
            Some(Fault::Late { sends: 1, .. })
        ));
        let mut unknown = phase(0);
        unknown.load.unknown = 2;
        assert_eq!(fault(&unknown, 100), Some(Fault::Failed(2)));
    }

    #[test]
    fn the_last_look_is_between_what_held_and_what_did_not() {
        assert_eq!(between(Some(300), 350), Some(325));
        assert_eq!(between(None, 50), Some(25));
        assert_eq!(between(Some(4), 5), None);
        assert_eq!(between(None, 1), None);
    }

    #[test]
    fn a_backlog_is_judged_by_what_comes() {
        assert!(matches!(fault(&phase(3), 100), Some(Fault::Backlog { .. })));
        assert_eq!(fault(&phase(3), 200), None);
    }
}
