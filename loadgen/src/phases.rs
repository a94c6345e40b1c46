//! One run, from warm-up to verdict.

mod command;
mod finish;
mod gateways;
mod keeping_up;
mod load;
mod method;
mod progress;
mod script;
mod steady;

pub use script::Script;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::clock::steps::Steps;
use crate::clock::watched::Watched;
use crate::clock::{file_name, now_ms};
use crate::console::say;
use crate::dice::Dice;
use crate::drive::Drive;
use crate::drive::caller::Caller;
use crate::drive::schedule::Schedule;
use crate::drive::warm_up::WarmUpError;
use crate::endpoints::{Endpoints, EndpointsError, Secrets};
use crate::evidence::{self, Quiet, Scope, wait_until_quiet};
use crate::folder::{Folder, FolderError, Phase, Record};
use crate::history::{self, HistoryError, Writer};
use crate::settings::Conduct;
use crate::tally::Tally;
use crate::view::Sources;
use crate::view::feed::{self, Feed, Inbox};
use crate::view::model::brief::Brief;
use crate::view::wanted::is_wanted;
use progress::{Progress, Told};

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
    #[error("{} cannot be written: {source}; nothing more was sent", path.display())]
    NotWritten { path: PathBuf, source: io::Error },
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    #[error("interrupted; what was recorded stays in the run's folder")]
    Interrupted,
    #[error("no gateway answers: {0}. Is the system up? `make up` starts it")]
    NoGateway(String),
}

/// A run that is on its way.
struct Running {
    conduct: Conduct,
    script: Script,
    folder: Folder,
    record: Record,
    drive: Drive,
    phase: watch::Sender<&'static str>,
    /// What the view hears, where there is one.
    view: Option<Feed>,
    clock: Watched,
}

fn not_written(path: PathBuf) -> impl FnOnce(io::Error) -> RunError {
    move |source| RunError::NotWritten { path, source }
}

/// Everything but the judgement, which is of the folder.
pub async fn run(conduct: Conduct, script: Script) -> Result<Folder, RunError> {
    let endpoints = Endpoints::read(&conduct.endpoints)?;
    let secrets = Secrets::read(&conduct.secrets)?;
    gateways::any_answers(&endpoints.gateway).await?;
    let (view, inbox) = is_wanted(conduct.plain).then(feed::channel).unzip();
    let (mut running, mut writer) = Running::begin(conduct, script, &endpoints, view)?;
    let sources = inbox.map(|inbox| running.sources(inbox));
    let mut progress = Progress::start(running.told(), sources);
    tokio::select! {
        drained = running.until_drained(&secrets) => drained?,
        () = progress.stopped() => return Err(RunError::Interrupted),
        // Nothing may be sent any more: there is nothing to wait for.
        () = writer.stopped() => {
            let written = writer.finish().await;
            let source = written.err().unwrap_or_else(|| io::Error::other("it was closed"));
            return Err(not_written(running.folder.history())(source));
        }
    }
    tokio::select! {
        finished = running.finish(writer, &endpoints, &secrets) => finished?,
        () = progress.stopped() => return Err(RunError::Interrupted),
    }
    progress.end();
    Ok(running.folder)
}

impl Running {
    fn begin(
        conduct: Conduct,
        script: Script,
        endpoints: &Endpoints,
        view: Option<Feed>,
    ) -> Result<(Self, Writer), RunError> {
        let started_ms = now_ms();
        // Not a secret: a run that was asked for no seed still can be repeated with it.
        let recorded = script.recording();
        let seed = conduct.seed.or(recorded.map(|recording| recording.seed));
        let seed = seed.unwrap_or(started_ms);
        let path = conduct
            .out
            .clone()
            .unwrap_or_else(|| PathBuf::from("runs").join(file_name(started_ms)));
        let command = command::typed(&script);
        let folder = Folder::create(&path)?;
        let (title, pace) = (&script.workload().title, script.workload().pace().label());
        say(format_args!(
            "run in {} with seed {seed}: {title} ({pace})",
            folder.path().display()
        ));
        let planner = script.planner(format!("r{started_ms:x}-"), seed);
        let record = Record {
            seed,
            setup: planner.population.setup(),
            workload: script.workload().clone(),
            replay_of: recorded.map(|recording| recording.run().to_owned()),
            drawn_seed: recorded.map(|recording| recording.drawn_seed),
            started_ms,
            history_lines: None,
            method: conduct.method.clone(),
            command,
            phases: Vec::new(),
            recovery_ms: None,
            load: Default::default(),
            doubts: Vec::new(),
        };
        let opened = history::open(&folder.history(), view.clone());
        let (recorder, writer) = opened.map_err(not_written(folder.history()))?;
        let connections = conduct.in_flight as usize;
        let drive = Drive {
            caller: Arc::new(Caller::new(
                endpoints.gateway.clone(),
                Dice::new(seed),
                connections,
            )?),
            planner: Arc::new(planner),
            recorder,
            tally: Arc::new(Tally::default()),
        };
        // On disk from the start: what a crash leaves can be judged (as unknown).
        folder.write_record(&record)?;
        let phase = watch::Sender::new("settle");
        Ok((
            Self {
                conduct,
                script,
                folder,
                record,
                drive,
                clock: Watched::start(Steps::watch(), phase.subscribe()),
                phase,
                view,
            },
            writer,
        ))
    }

    fn told(&self) -> Told {
        Told {
            tally: Arc::clone(&self.drive.tally),
            pace: self.record.workload.pace(),
            phase: self.phase.subscribe(),
        }
    }

    fn sources(&self, inbox: Inbox) -> Sources {
        Sources {
            brief: Brief::of(&self.record, &self.conduct),
            schedule: self.schedule(),
            inbox,
            tally: Arc::clone(&self.drive.tally),
            phase: self.phase.subscribe(),
            journal: self.folder.journal(),
        }
    }

    fn schedule(&self) -> Schedule {
        let stages = self.script.workload().stages.clone();
        Schedule::new(stages, self.script.then(), Dice::new(self.record.seed))
    }

    async fn until_drained(&mut self, secrets: &Secrets) -> Result<(), RunError> {
        self.settle(secrets).await?;
        self.warm_up().await?;
        self.load().await
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

    fn enter(&mut self, name: &'static str) {
        let now_ms = now_ms();
        if let Some(before) = self.record.phases.last_mut() {
            before.ended_ms = now_ms;
            self.record.doubts.extend(self.clock.doubts(&before.name));
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
