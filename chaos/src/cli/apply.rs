//! `chaos apply`: an experiment without its load, for a load of your own.

use std::path::PathBuf;
use std::process::ExitCode;

use chaos::experiment::Experiment;
use chaos::run::system::System;
use chaos::run::{Ending, Request, run as run_experiment};

use super::{Done, UNKNOWN, Where, say, stop_asked};

#[derive(clap::Args)]
pub struct Asked {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Decides who is hit [default: the file's, or 1]
    #[arg(long, env = "SEED")]
    seed: Option<u64>,
    /// Where the journal goes [default: $RUN_DIR/journal.json, or ./journal.json]
    #[arg(long)]
    journal: Option<PathBuf>,
    #[command(flatten)]
    place: Where,
}

pub async fn run(asked: Asked) -> Done {
    let experiment: Experiment = strict_yaml::read(&asked.file)?;
    let system = System::from_files(&asked.place.endpoints, &asked.place.secrets)?;
    let journal = asked.journal.unwrap_or_else(|| {
        let folder = std::env::var_os("RUN_DIR").map(PathBuf::from);
        folder.unwrap_or_default().join("journal.json")
    });
    let request = Request {
        seed: asked.seed.or(experiment.seed).unwrap_or(1),
        experiment,
        journal: &journal,
    };
    let tell = |line: String| say(format_args!("chaos: {line}"));
    let ending = run_experiment(request, &system, &tell, stop_asked()).await?;
    Ok(code(ending))
}

pub fn code(ending: Ending) -> ExitCode {
    match ending {
        Ending::Held => ExitCode::SUCCESS,
        Ending::Deviated => 1.into(),
        Ending::Unknown => UNKNOWN.into(),
    }
}
