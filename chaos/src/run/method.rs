//! Faults and pauses over time. Steps know their place in the method, and chance is drawn by it: the same experiment
//! and seed hit the same victims, however fast the machine is.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, try_join_all};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{back, steady, system::System};
use crate::agent::client::Agent;
use crate::agent::held::Told;
use crate::clock;
use crate::dice::Dice;
use crate::experiment::{Experiment, Inject, Mix, Step};
use crate::fault::Order;
use crate::journal::{Activity, ActivityStatus};
use crate::receipt::Receipt;

pub struct Method<'a> {
    pub agent: Agent,
    pub id: u64,
    system: &'a System,
    seed: u64,
    back_within: Duration,
    kills_left: AtomicU32,
    tell: &'a (dyn Fn(String) + Sync),
    done: Mutex<Done>,
}

#[derive(Default)]
struct Done {
    activities: Vec<(Activity, Option<u64>)>,
    /// What the system did not do that it should have.
    deviations: Vec<String>,
}

impl<'a> Method<'a> {
    pub fn new(
        agent: Agent,
        id: u64,
        system: &'a System,
        experiment: &Experiment,
        seed: u64,
        tell: &'a (dyn Fn(String) + Sync),
    ) -> Self {
        Self {
            agent,
            id,
            system,
            seed,
            back_within: experiment.recovery.0,
            kills_left: AtomicU32::new(experiment.kills_max),
            tell,
            done: Mutex::default(),
        }
    }

    /// An error: a fault could not be worked, and nothing more was broken after it.
    pub async fn run(&self, steps: &[Step]) -> Result<(), String> {
        self.sequence(steps, "").await
    }

    /// With the receipts that came last.
    pub async fn finish(self) -> (Vec<Activity>, Vec<String>) {
        let Done {
            activities,
            deviations,
        } = self
            .done
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let mut all = Vec::new();
        for (mut activity, fault) in activities {
            if let Some(fault) = fault
                && let Ok(told) = self.agent.told(self.id, fault).await
            {
                merge(&mut activity, told);
            }
            all.push(activity);
        }
        (all, deviations)
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
                Step::Probe(probed) => {
                    let activity = steady::one(&probed.probe, self.system).await;
                    let mut done = self.done();
                    if activity.tolerance_met != Some(true) {
                        let why = format!("{} was {}", activity.title, activity.output);
                        done.deviations.push(why);
                    }
                    done.activities.push((activity, None));
                    Ok(())
                }
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

    async fn inject(&self, inject: &Inject, place: &str) -> Result<(), String> {
        let title = inject.name.clone().unwrap_or_else(|| inject.fault.clone());
        let lasts = inject.duration.map(|span| span.0);
        let order = Order {
            fault: inject.fault.clone(),
            name: format!("{title} {place}"),
            of: inject.of.clone(),
            blast_radius: inject.blast_radius,
            with: inject.with.clone(),
            seed: self.seed,
            duration_ms: lasts.unwrap_or_default().as_millis() as u64,
            kills_left: self.kills_left.load(Ordering::Relaxed),
        };
        let start_ms = clock::now_ms();
        let provider = json!({ "type": "process", "path": "chaos", "arguments": inject });
        let ended = async {
            let fault = self.agent.inject(self.id, &order).await?;
            if let Some(lasts) = lasts {
                (self.tell)(format!("{title} for {} s", lasts.as_secs_f64()));
                // Since it is in force: a broker may take seconds to be told.
                sleep(lasts).await;
                return Ok((fault, self.agent.end(self.id, fault).await?));
            }
            Ok::<_, crate::agent::client::AgentError>((
                fault,
                self.agent.told(self.id, fault).await?,
            ))
        };
        let (fault, mut told) = match ended.await {
            Ok(ended) => ended,
            Err(error) => {
                let why = format!("{title}: {error}");
                let mut activity = Activity::of("action", &title, provider, start_ms);
                activity.fault = Some(inject.fault.clone());
                self.done()
                    .activities
                    .push((activity.failed(why.clone()), None));
                return Err(why);
            }
        };
        let is_mortal = told.receipts.iter().any(is_death);
        if is_mortal {
            let deaths = u32::try_from(told.receipts.len()).unwrap_or(u32::MAX);
            let less = |left: u32| Some(left.saturating_sub(deaths));
            let _ = self
                .kills_left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
            let away = back::wait(&self.agent, &mut told.receipts, self.back_within).await;
            self.done().deviations.extend(away.iter().map(|name| {
                format!(
                    "{name} was not ready again within {} s",
                    self.back_within.as_secs()
                )
            }));
        }
        let mut activity = Activity::of("action", &title, provider, start_ms);
        activity.fault = Some(inject.fault.clone());
        let last = (!is_mortal).then_some(fault);
        let doubt = told.doubt.clone();
        merge(&mut activity, told);
        (self.tell)(summary(&activity));
        self.done().activities.push((activity, last));
        match doubt {
            Some(why) => Err(format!("{title}: {why}")),
            None => Ok(()),
        }
    }

    fn done(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_death(receipt: &Receipt) -> bool {
    let deadly = [
        "process/kill",
        "process/terminate",
        "process/restart",
        "process/crash-at",
    ];
    deadly.contains(&receipt.what.as_str())
}

fn merge(activity: &mut Activity, told: Told) {
    activity.output = json!({ "touched": told.touched });
    activity.touched = told.touched;
    activity.receipts = told.receipts;
    if let Some(why) = told.doubt {
        activity.status = ActivityStatus::Failed;
        activity.exception = Some(vec![why]);
    }
}

fn summary(activity: &Activity) -> String {
    let title = &activity.title;
    if activity.status == ActivityStatus::Failed {
        let why = activity.exception.clone().unwrap_or_default();
        return format!("{title}: {}", why.join("; "));
    }
    match activity.receipts.as_slice() {
        [one] if one.ready_at_ms.is_some() => format!(
            "{title}: {} (pid {}) is back after {:.1} s",
            one.name,
            one.pid.unwrap_or_default(),
            activity.duration
        ),
        [one] if !one.name.is_empty() => format!("{title}: {}", one.name),
        _ => format!(
            "{title}: {} touched",
            activity.output.get("touched").unwrap_or(&Value::Null)
        ),
    }
}
