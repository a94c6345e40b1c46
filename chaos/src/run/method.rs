//! Faults and pauses over time. Steps know their place in the method, and chance is drawn by it: the same experiment
//! and seed hit the same victims, however fast the machine is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, try_join_all};
use tokio::time::{Instant, sleep};

use super::inject::Begun;
use super::kills::Kills;
use super::record::{Part, Record};
use super::{steady, system::System};
use crate::dice::Dice;
use crate::experiment::{Experiment, Mix, Probe, Step};

/// What it did outlives a [`Method::run`] that is dropped half-way.
pub struct Method<'a> {
    pub(super) system: &'a System,
    pub(super) id: u64,
    pub(super) seed: u64,
    pub(super) back_within: Duration,
    pub(super) kills: Kills,
    pub(super) record: &'a Record<'a>,
    pub(super) part: Part,
    pub(super) tell: &'a (dyn Fn(String) + Sync),
    begun: Mutex<Vec<Begun>>,
}

impl<'a> Method<'a> {
    pub fn new(
        system: &'a System,
        id: u64,
        experiment: &Experiment,
        seed: u64,
        (record, part): (&'a Record<'a>, Part),
        tell: &'a (dyn Fn(String) + Sync),
    ) -> Self {
        Self {
            system,
            id,
            seed,
            back_within: experiment.recovery.0,
            kills: Kills::new(experiment.kills_max),
            record,
            part,
            tell,
            begun: Mutex::default(),
        }
    }

    /// An error: a fault could not be worked, and nothing more was broken after it.
    pub async fn run(&self, steps: &[Step]) -> Result<(), String> {
        self.sequence(steps, "").await
    }

    async fn sequence(&self, steps: &[Step], place: &str) -> Result<(), String> {
        for (nth, step) in steps.iter().enumerate() {
            self.step(step, format!("{place}/{nth}")).await?;
        }
        Ok(())
    }

    fn step<'s>(&'s self, step: &'s Step, place: String) -> BoxFuture<'s, Result<(), String>> {
        Box::pin(async move {
            match step {
                Step::Inject(inject) => self.inject(inject, &place).await,
                Step::Pause(pause) => {
                    sleep(pause.pause.0).await;
                    Ok(())
                }
                Step::Sequence(all) => self.sequence(&all.sequence, &place).await,
                Step::Parallel(all) => {
                    let steps = all.parallel.iter().enumerate();
                    let steps = steps.map(|(nth, step)| self.step(step, format!("{place}/{nth}")));
                    try_join_all(steps).await.map(drop)
                }
                Step::Repeat(again) => {
                    for time in 0..again.repeat.times {
                        let place = format!("{place}/{time}");
                        self.sequence(&again.repeat.steps, &place).await?;
                    }
                    Ok(())
                }
                Step::Mix(mixed) => self.mix(&mixed.mix, &place).await,
                Step::Probe(probed) => self.probe(&probed.probe).await,
            }
        })
    }

    async fn mix(&self, mix: &Mix, place: &str) -> Result<(), String> {
        let until = Instant::now() + mix.duration.0;
        let dice = Dice::new(self.seed);
        for turn in 0_u32.. {
            let place = format!("{place}/{turn}");
            let drawn = mix.of.get(dice.below(&place, mix.of.len()));
            if let Some(step) = drawn {
                self.step(step, place).await?;
            }
            if Instant::now() + mix.pause.0 >= until {
                break;
            }
            sleep(mix.pause.0).await;
        }
        Ok(())
    }

    async fn probe(&self, probe: &Probe) -> Result<(), String> {
        let activity = steady::one(probe, self.system).await;
        if activity.tolerance_met != Some(true) {
            let why = format!("{} was {}", activity.title, activity.output);
            self.record.deviated(why);
        }
        let written = self
            .record
            .write(|journal| self.part.of(journal).push(activity));
        written.map_err(|error| error.to_string())
    }

    pub(super) fn begun(&self) -> MutexGuard<'_, Vec<Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
