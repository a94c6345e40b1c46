//! `loadgen`'s open loop, one phase at a time: orders that pass the whole saga, at one rate, in one coordination.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use loadgen::dice::Dice;
use loadgen::drive::Drive;
use loadgen::drive::caller::Caller;
use loadgen::drive::load::Load;
use loadgen::drive::plan::{CHOREOGRAPHY, ORCHESTRATION, Planner};
use loadgen::drive::population::Population;
use loadgen::drive::schedule::{Schedule, Then};
use loadgen::drive::warm_up::WarmUpError;
use loadgen::history;
use loadgen::tally::{self, Tally};
use loadgen::workload::mix::{Reads, Refusals};
use loadgen::workload::{Mix, Stage, Workload};
use platform::Platform;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::backlog::Backlog;
use super::processor::Processor;

/// The same orders in every run; nothing here depends on which.
const SEED: u64 = 1;
/// Twenty seconds' worth of the latency's rate, or a second of the highest one we hope for: beyond this the system has
/// long stopped keeping up, and a drop says so.
const IN_FLIGHT_MAX: u32 = 1_000;
/// How often orders under way are counted: a hundred samples in a step of ten seconds.
const SAMPLE_EVERY: Duration = Duration::from_millis(100);
/// What an overloaded step leaves is gone in a few seconds; a saga's own deadline is 30 s.
const DRAIN: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coordination {
    Choreography,
    Orchestration,
}

impl Coordination {
    pub const BOTH: [Coordination; 2] = [Coordination::Choreography, Coordination::Orchestration];

    pub fn label(self) -> &'static str {
        match self {
            Coordination::Choreography => CHOREOGRAPHY,
            Coordination::Orchestration => ORCHESTRATION,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    #[error("no history: {0}")]
    History(#[from] std::io::Error),
    #[error(transparent)]
    WarmUp(#[from] WarmUpError),
    #[error("the load stopped before its time: its task panicked")]
    Stopped,
}

pub struct Generator<'a> {
    platform: &'a Platform,
    drive: Drive,
    phases: u32,
}

/// What one phase sent, and what came of it.
#[derive(Clone, Debug)]
pub struct Phase {
    pub load: tally::Load,
    pub backlog: Backlog,
    pub processor: Processor,
    /// Everything sent had ended when the wait for it was over.
    pub drained: bool,
}

/// No order refused, cancelled or read back: each is a whole saga, and a figure is of nothing else.
pub fn whole_sagas(coordination: Coordination) -> Workload {
    let orchestration = match coordination {
        Coordination::Choreography => 0.0,
        Coordination::Orchestration => 1.0,
    };
    let reads = Reads {
        with_token: 0.0,
        without_token: 0.0,
    };
    Workload {
        mix: Mix {
            orchestration,
            cancel: 0.0,
            refusals: Refusals::evenly(0.0),
            contended: 0.0,
            impatient: 0.0,
            reads,
        },
        ..Workload::default()
    }
}

impl<'a> Generator<'a> {
    /// Goods, money and the first orders are there when this returns.
    pub async fn start(platform: &'a Platform) -> Result<Self, GeneratorError> {
        let gateways = platform.endpoints().gateway.clone();
        let dice = Dice::new(SEED);
        let caller = Caller::new(gateways, dice, IN_FLIGHT_MAX as usize)?;
        let workload = whole_sagas(Coordination::Choreography);
        let population = Population::of("bench-0-".into(), &workload);
        // Nobody judges these orders; what is sent is written down all the same, as in any run.
        let (recorder, _) = history::open(Path::new("/dev/null"), None)?;
        let drive = Drive {
            caller: Arc::new(caller),
            planner: Arc::new(Planner::new(population, SEED, &workload)),
            recorder,
            tally: Arc::default(),
        };
        drive.warm_up(SEED).await?;
        Ok(Self {
            platform,
            drive,
            phases: 0,
        })
    }

    pub async fn phase(
        &mut self,
        coordination: Coordination,
        rate: u32,
        length: Duration,
    ) -> Result<Phase, GeneratorError> {
        let drive = self.next(coordination);
        let tally = Arc::clone(&drive.tally);
        let load = Arc::new(Load::new(drive, SEED, IN_FLIGHT_MAX));
        let dice = Dice::new(SEED + u64::from(self.phases));
        let stage = Stage::poisson(f64::from(rate), length);
        let schedule = Schedule::new(vec![stage], Then::Again, dice);
        let (stop, stopped) = watch::channel(false);
        let used = Processor::read(self.platform.supervisor());
        let started = Instant::now();
        let sending = {
            let load = Arc::clone(&load);
            tokio::spawn(async move { load.run(schedule, stopped).await })
        };
        let backlog = sample(&tally, started, length).await;
        stop.send_replace(true);
        sending.await.map_err(|_| GeneratorError::Stopped)?;
        let seconds = started.elapsed().as_secs_f64();
        let ended = tally.ended.load(Relaxed);
        let drained = load.drain(DRAIN).await;
        Ok(Phase {
            load: tally.load(f64::from(rate), seconds, ended),
            backlog,
            processor: Processor::read(self.platform.supervisor()).since(&used),
            drained,
        })
    }

    /// The same goods and customers, other orders: a phase that repeated keys would place none.
    fn next(&mut self, coordination: Coordination) -> Drive {
        self.phases += 1;
        let population = Population {
            prefix: format!("bench-{}-", self.phases),
            ..self.drive.planner.population.clone()
        };
        let planner = Planner::new(population, SEED, &whole_sagas(coordination));
        Drive {
            planner: Arc::new(planner),
            tally: Arc::new(Tally::default()),
            ..self.drive.clone()
        }
    }
}

async fn sample(tally: &Tally, started: Instant, length: Duration) -> Backlog {
    let mut backlog = Backlog::default();
    let mut at = SAMPLE_EVERY;
    while at < length {
        sleep_until(started + at).await;
        backlog.add(started.elapsed(), tally.in_flight.load(Relaxed));
        at += SAMPLE_EVERY;
    }
    sleep_until(started + length).await;
    backlog
}

#[cfg(test)]
mod tests {
    use super::*;
    use loadgen::drive::plan::ReadBack;

    #[test]
    fn every_order_passes_the_whole_saga() {
        let workload = whole_sagas(Coordination::Orchestration);
        let population = Population::of("bench-1-".into(), &workload);
        let planner = Planner::new(population, SEED, &workload);
        for plan in (0..500).filter_map(|nth| planner.arrival(nth)) {
            let ends: Vec<String> = plan.place.allowed.iter().map(|it| it.to_string()).collect();
            assert_eq!(ends, ["confirmed"]);
            assert_eq!(plan.place.coordination, ORCHESTRATION);
            assert_eq!(plan.read_back, ReadBack::No);
        }
    }
}
