//! One run, from warm-up to verdict.

mod method;
mod progress;
mod steady;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use checkers::claims::recovery::LOAD_BEYOND_MS;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use crate::clock::{as_ms, file_name, now_ms};
use crate::dice::Dice;
use crate::drive::Drive;
use crate::drive::caller::Caller;
use crate::drive::load::Load;
use crate::drive::plan::Planner;
use crate::drive::population::Population;
use crate::drive::schedule::Schedule;
use crate::drive::warm_up::WarmUpError;
use crate::endpoints::{Endpoints, EndpointsError, Secrets};
use crate::evidence::{self, Quiet, Scope, wait_until_quiet};
use crate::folder::{FinalReads, Folder, FolderError, Phase, Record};
use crate::history::{self, Writer};
use crate::settings::Settings;
use crate::tally::Tally;

/// What is under way ends within a saga's deadline.
const SETTLE: Duration = Duration::from_secs(40);
/// Prometheus scrapes each second.
const TWO_SCRAPES: Duration = Duration::from_secs(2);

/// Why a run could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Endpoints(#[from] EndpointsError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("the databases cannot be read: {0}")]
    Databases(String),
    #[error(transparent)]
    WarmUp(#[from] WarmUpError),
    #[error("the history cannot be written: {0}")]
    History(#[from] std::io::Error),
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
}

/// A run that is on its way.
struct Running {
    settings: Settings,
    folder: Folder,
    record: Record,
    drive: Drive,
    phase: watch::Sender<&'static str>,
}

/// Everything but the judgement, which is of the folder.
pub async fn run(settings: Settings) -> Result<Folder, RunError> {
    let endpoints = Endpoints::read(&settings.endpoints)?;
    let secrets = Secrets::read(&settings.secrets)?;
    let (mut running, writer) = Running::begin(settings, &endpoints)?;
    let printing = progress::start(running.drive.tally.clone(), running.phase.subscribe());
    running.settle(&secrets).await?;
    running.warm_up().await?;
    running.load().await;
    running.finish(writer, &endpoints, &secrets).await?;
    printing.abort();
    Ok(running.folder)
}

impl Running {
    fn begin(settings: Settings, endpoints: &Endpoints) -> Result<(Self, Writer), RunError> {
        let started_ms = now_ms();
        // Not a secret: a run that was asked for no seed still can be repeated with it.
        let seed = settings.seed.unwrap_or(started_ms);
        let path = settings
            .out
            .clone()
            .unwrap_or_else(|| PathBuf::from("runs").join(file_name(started_ms)));
        let folder = Folder::create(&path)?;
        println!("run in {} with seed {seed}", folder.path().display());
        let population = Population::of(format!("r{started_ms:x}-"), &settings);
        let record = Record {
            seed,
            setup: population.setup(),
            started_ms,
            method: settings.method.clone(),
            command: std::env::args_os()
                .map(|word| word.to_string_lossy().into_owned())
                .collect(),
            phases: Vec::new(),
            recovery_ms: None,
            load: Default::default(),
            doubts: Vec::new(),
        };
        let (recorder, writer) = history::open(&folder.history())?;
        let connections = settings.in_flight as usize;
        let drive = Drive {
            caller: Arc::new(Caller::new(
                endpoints.gateway.clone(),
                Dice::new(seed),
                connections,
            )?),
            planner: Arc::new(Planner::new(population, seed, &settings)),
            recorder,
            tally: Arc::new(Tally::default()),
        };
        // On disk from the start: what a crash leaves can be judged (as unknown).
        folder.write_record(&record)?;
        Ok((
            Self {
                settings,
                folder,
                record,
                drive,
                phase: watch::Sender::new("settle"),
            },
            writer,
        ))
    }

    /// What others left under way would be counted as ours: the run begins in silence, and after it was scraped.
    async fn settle(&mut self, secrets: &Secrets) -> Result<(), RunError> {
        self.enter("settle");
        let everybody = Scope {
            prefix: String::new(),
            started_ms: 0,
        };
        if let Quiet::Not(busy) = wait_until_quiet(secrets, &everybody, SETTLE).await {
            let doubt = format!("the system was busy before the run: {busy}");
            self.record.doubts.push(doubt);
        }
        let already_wrong = evidence::wrong_accounts(secrets).await;
        self.record.setup.already_wrong = already_wrong.map_err(RunError::Databases)?;
        sleep(TWO_SCRAPES).await;
        self.record.started_ms = now_ms();
        Ok(())
    }

    async fn warm_up(&mut self) -> Result<(), RunError> {
        self.enter("warm-up");
        // Not part of the measured load.
        let unmeasured = Drive {
            tally: Arc::default(),
            ..self.drive.clone()
        };
        unmeasured.warm_up(self.record.seed).await?;
        Ok(())
    }

    async fn load(&mut self) {
        self.enter("baseline");
        let (stop, stopped) = watch::channel(false);
        let load = Arc::new(Load::new(
            self.drive.clone(),
            self.record.seed,
            self.settings.in_flight,
        ));
        let schedule = Schedule::new(
            self.settings.spacing,
            self.settings.rate,
            Dice::new(self.record.seed),
        );
        let started = Instant::now();
        let sending: JoinHandle<()> = {
            let load = Arc::clone(&load);
            tokio::spawn(async move { load.run(schedule, stopped).await })
        };
        if let Some(method) = self.settings.method.clone() {
            self.experiment(&method).await;
        }
        sleep_until(started + self.settings.duration).await;
        stop.send_replace(true);
        if sending.await.is_err() {
            self.record
                .doubts
                .push("the load stopped before its time: its task panicked".into());
        }
        let seconds = started.elapsed().as_secs_f64();
        self.enter("drain");
        if !load.drain(self.settings.drain).await {
            self.record.doubts.push(format!(
                "orders were still watched {} s after the load",
                self.settings.drain.as_secs()
            ));
        }
        self.record.load = self.drive.tally.load(self.settings.rate, seconds);
    }

    /// Baseline, inject, heal, recovery: under the load, which goes on beside it.
    async fn experiment(&mut self, method: &str) {
        sleep(self.settings.baseline).await;
        let in_flight_usual = self.drive.tally.take_peak();
        if let Err(why) = steady::holds(&self.drive.tally, &self.settings) {
            // An unsteady system proves nothing about the fault: the method does not start.
            return self
                .record
                .doubts
                .push(format!("the steady state did not hold: {why}"));
        }
        self.enter("inject");
        let ended = method::run(
            method,
            &self.folder,
            self.record.seed,
            self.settings.method_timeout,
        )
        .await;
        if let Err(why) = ended {
            self.record.doubts.push(why);
        }
        self.enter("recovery");
        match steady::regained(&self.drive.tally, in_flight_usual, self.settings.recovery).await {
            Some(after) => {
                self.record.recovery_ms = Some(as_ms(after));
                // The judge looks at it with Prometheus' eyes, which are slower.
                sleep(Duration::from_millis(LOAD_BEYOND_MS)).await;
            }
            None => self.record.doubts.push(format!(
                "the steady state was not back within {} s of the last fault",
                self.settings.recovery.as_secs()
            )),
        }
        self.enter("recovered");
    }

    async fn finish(
        &mut self,
        writer: Writer,
        endpoints: &Endpoints,
        secrets: &Secrets,
    ) -> Result<(), RunError> {
        let scope = Scope {
            prefix: self.record.setup.prefix.clone(),
            started_ms: self.record.started_ms,
        };
        self.enter("quiet");
        match wait_until_quiet(secrets, &scope, self.settings.drain).await {
            Quiet::After(_) => {}
            Quiet::Not(busy) => self
                .record
                .doubts
                .push(format!("not everything came to rest: {busy}")),
        }
        self.close_history(writer).await?;
        let history = history::read(&self.folder.history(), self.record.setup.clone())?;
        let sample = self.settings.trace_sample;
        let reading = |what| self.enter(what);
        let found = evidence::collect(endpoints, secrets, &scope, &history, sample, reading).await;
        let reads = FinalReads {
            state: found.state,
            telemetry: found.telemetry,
        };
        self.folder.write_evidence(&reads, &found.traces)?;
        self.folder.write_series(&found.series)?;
        self.enter("judge");
        self.folder.write_record(&self.record)?;
        Ok(())
    }

    /// The file is whole when the last recorder is gone.
    async fn close_history(&mut self, writer: Writer) -> Result<(), RunError> {
        self.drive.recorder = history::Recorder::closed();
        let bound = Duration::from_secs(10);
        match tokio::time::timeout(bound, writer.finish()).await {
            Ok(written) => Ok(written?),
            // Orders that are watched still hold it; what they saw so far is on disk.
            Err(_) => {
                self.record
                    .doubts
                    .push("the history was still being written".into());
                Ok(())
            }
        }
    }

    fn enter(&mut self, name: &'static str) {
        let now_ms = now_ms();
        if let Some(before) = self.record.phases.last_mut() {
            before.ended_ms = now_ms;
        }
        let phase = Phase {
            name: name.into(),
            started_ms: now_ms,
            ended_ms: now_ms,
        };
        self.record.phases.push(phase);
        self.phase.send_replace(name);
    }
}
