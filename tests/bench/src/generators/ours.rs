//! `loadgen`'s own load: what `loadgen run` does between warm-up and drain, in a process of its own, with the history on
//! the disk.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use clap::Args;
use loadgen::dice::Dice;
use loadgen::drive::Drive;
use loadgen::drive::caller::Caller;
use loadgen::drive::load::Load;
use loadgen::drive::plan::Planner;
use loadgen::drive::population::Population;
use loadgen::drive::schedule::{Schedule, Then};
use loadgen::history;
use loadgen::tally::{self, Tally};
use loadgen::workload::arrival::{Arrival, Constant, Rate};
use loadgen::workload::{Stage, Workload};
use serde::{Deserialize, Serialize};
use strict_yaml::Span;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::process::ourselves;
use super::{Ask, Generator, IN_FLIGHT_MAX, Pace, Seen};
use crate::machine::field_kib;
use crate::run::{BenchError, file};
use crate::system::generator::{Coordination, GeneratorError, whole_sagas};

/// The same orders in every run; nothing here depends on which.
const SEED: u64 = 1;
/// The stub answers at once: what is left after the last send is a backlog of ours.
const DRAIN: Duration = Duration::from_secs(30);
/// How often the orders that ended are counted, to weigh the process at the marks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub struct Ours;

impl Generator for Ours {
    fn name(&self) -> String {
        "loadgen".into()
    }

    fn pace(&self) -> Pace {
        Pace::Open
    }

    fn command(&self, ask: &Ask) -> Result<Command, BenchError> {
        command(ask, &[])
    }

    fn read(&self, printed: &str) -> Option<Seen> {
        Some(said(printed)?.seen)
    }
}

/// `marks`: orders after which it weighs itself.
pub fn command(ask: &Ask, marks: &[u64]) -> Result<Command, BenchError> {
    let mut command = Command::new(ourselves()?);
    command
        .arg("drive")
        .args(["--url", &ask.url])
        .args(["--orders-per-second", &ask.orders_per_second().to_string()])
        .args(["--seconds", &ask.length.as_secs_f64().to_string()])
        .arg("--history")
        .arg(ask.dir.join("history.jsonl"));
    for mark in marks {
        command.args(["--mark", &mark.to_string()]);
    }
    Ok(command)
}

pub fn said(printed: &str) -> Option<Said> {
    serde_json::from_str(printed).ok()
}

/// What the process prints when it is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub seen: Seen,
    /// Orders that had ended, and KiB resident then.
    pub marks: Vec<(u64, u64)>,
    pub history_bytes: u64,
}

/// How this program starts itself as the load.
#[derive(Args, Clone, Debug)]
pub struct Driving {
    #[arg(long)]
    url: String,
    #[arg(long)]
    orders_per_second: f64,
    #[arg(long)]
    seconds: f64,
    #[arg(long)]
    history: PathBuf,
    #[arg(long = "mark")]
    marks: Vec<u64>,
}

pub async fn drive(driving: &Driving) -> Result<Said, BenchError> {
    let length = Duration::from_secs_f64(driving.seconds);
    let stage = Stage {
        duration: Span(length),
        arrival: Arrival::Constant(Constant {
            rate: Rate(driving.orders_per_second),
        }),
    };
    let workload = Workload {
        stages: vec![stage],
        ..whole_sagas(Coordination::Choreography)
    };
    let (recorder, writer) =
        history::open(&driving.history, None).map_err(file(&driving.history))?;
    let dice = Dice::new(SEED);
    let caller = Caller::new(vec![driving.url.clone()], dice, IN_FLIGHT_MAX as usize);
    let population = Population::of("bench-".into(), &workload);
    let drive = Drive {
        caller: Arc::new(caller.map_err(GeneratorError::Http)?),
        planner: Arc::new(Planner::new(population, SEED, &workload)),
        recorder,
        tally: Arc::default(),
    };
    let tally = Arc::clone(&drive.tally);
    let load = Arc::new(Load::new(drive, SEED, IN_FLIGHT_MAX));
    let schedule = Schedule::new(workload.stages.clone(), Then::Nothing, dice);
    let (_stop, stopped) = watch::channel(false);
    let started = Instant::now();
    let sending = {
        let load = Arc::clone(&load);
        tokio::spawn(async move {
            load.run(schedule, stopped).await;
            load.drain(DRAIN).await
        })
    };
    let marks = weigh(&tally, &driving.marks, length + DRAIN).await;
    let drained = sending.await.map_err(|_| GeneratorError::Stopped)?;
    let seconds = started.elapsed().as_secs_f64();
    let ended = tally.ended.load(Relaxed);
    drop(load);
    if drained {
        writer.finish().await.map_err(file(&driving.history))?;
    }
    let history = std::fs::metadata(&driving.history).map_err(file(&driving.history))?;
    std::fs::remove_file(&driving.history).map_err(file(&driving.history))?;
    Ok(Said {
        seen: seen(&tally.load(driving.orders_per_second, seconds, ended)),
        marks,
        history_bytes: history.len(),
    })
}

fn seen(load: &tally::Load) -> Seen {
    let intended = load.sent + load.dropped;
    let missed = load.late + load.dropped;
    Seen {
        requests: load.acknowledged + load.ended,
        seconds: load.seconds,
        late_share: (intended > 0).then(|| missed as f64 / intended as f64),
        errors: load.failed + load.unknown,
        p50_ms: load.acknowledgement.p50_ms,
        p99_ms: load.acknowledgement.p99_ms,
    }
}

/// As many as are reached within that time.
async fn weigh(tally: &Tally, marks: &[u64], within: Duration) -> Vec<(u64, u64)> {
    let until = Instant::now() + within;
    let mut weighed = Vec::new();
    for mark in marks {
        while tally.ended.load(Relaxed) < *mark {
            if Instant::now() >= until {
                return weighed;
            }
            sleep(LOOK_EVERY).await;
        }
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        weighed.push((tally.ended.load(Relaxed), field_kib(&status, "VmRSS:")));
    }
    weighed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_was_not_sent_in_time() {
        let load = tally::Load {
            sent: 90,
            late: 5,
            dropped: 10,
            ..tally::Load::default()
        };
        assert_eq!(seen(&load).late_share, Some(0.15));
        assert_eq!(seen(&tally::Load::default()).late_share, None);
    }
}
