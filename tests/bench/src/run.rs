//! The order of measuring, and what comes of it. One thing runs at a time: all share the same few cores.

use std::io;
use std::path::{Path, PathBuf};

use crate::limits::{self, Limits};
use crate::machine::Machine;
use crate::settings::{Section, Settings};
use crate::system::generator::GeneratorError;
use crate::system::{self, System, Traces};

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error(transparent)]
    Start(#[from] platform::StartError),
    #[error("the load could not be sent: {0}")]
    Generator(#[from] GeneratorError),
    #[error("an HTTP question to our own platform failed: {0}")]
    Http(#[from] reqwest::Error),
    #[error("our own PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    #[error("our own PostgreSQL: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("our own RabbitMQ: {0}")]
    Broker(String),
    #[error("{0}: {1}")]
    Process(String, String),
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error("{0} has no place for the figures: put the lines\n{1}\n{2}\ninto it, in this order")]
    NoPlace(PathBuf, &'static str, &'static str),
}

#[derive(Clone, Debug)]
pub struct Figures {
    pub machine: Machine,
    pub seconds: u64,
    pub traced: Option<System>,
    pub untraced: Option<System>,
    pub limits: Option<Limits>,
}

pub async fn run(settings: &Settings) -> Result<Figures, BenchError> {
    let programs = match &settings.programs {
        Some(programs) => programs.clone(),
        None => platform::config::sibling_programs().map_err(file(Path::new("this program")))?,
    };
    let dir = settings
        .dir
        .clone()
        .unwrap_or_else(|| programs.join("bench-run"));
    let mut figures = Figures {
        machine: Machine::read(settings.date.as_deref()),
        seconds: settings.seconds,
        traced: None,
        untraced: None,
        limits: None,
    };
    let of_system = [Section::Start, Section::Latency, Section::Rate];
    if of_system.into_iter().any(|section| settings.wants(section)) {
        say("a platform with tracing");
        figures.traced = Some(system::measure(settings, &programs, &dir, Traces::All).await?);
    }
    if settings.wants(Section::Untraced) {
        say("a platform without tracing");
        figures.untraced = Some(system::measure(settings, &programs, &dir, Traces::None).await?);
    }
    if settings.wants(Section::Limits) {
        say("RabbitMQ and PostgreSQL alone");
        figures.limits = Some(limits::measure(&dir, settings.step()).await?);
    }
    Ok(figures)
}

/// Progress goes beside the figures, not into them.
pub fn say(line: &str) {
    eprintln!("bench  {line}");
}

pub fn file(path: &Path) -> impl FnOnce(io::Error) -> BenchError {
    let path = path.to_owned();
    move |error| BenchError::File { path, error }
}
