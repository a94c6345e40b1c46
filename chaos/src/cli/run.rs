//! `chaos run`: experiments with their load and their judgement.
//!
//! Ctrl-C ends the one that runs, heals, and begins no other.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chaos::clock;
use chaos::experiment::{Experiment, file};
use chaos::run::system::System;
use chaos::run::{Request, run as run_experiment};
use clap::ValueEnum;
use futures::FutureExt;

use super::loaded::Loaded;
use super::table::{self, Row};
use super::{Done, Stop, UNKNOWN, Where, say, stop_asked};

#[derive(clap::Args)]
pub struct Asked {
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What is broken: processes and servers on this machine
    #[arg(long, value_enum, default_value_t = Target::Local)]
    target: Target,
    /// Decides who is hit [default: the file's, or 1]
    #[arg(long, env = "SEED")]
    seed: Option<u64>,
    /// Say what would be done, and whether this target can
    #[arg(long)]
    dry_run: bool,
    /// Where the runs leave their folders
    #[arg(long, default_value = "runs", value_name = "FOLDER")]
    out: PathBuf,
    /// Write the table of all of them into this file as well
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    #[command(flatten)]
    place: Where,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    Local,
}

pub async fn run(asked: Asked) -> Done {
    let Target::Local = asked.target;
    // All of them are read before the first one breaks anything.
    let mut experiments = Vec::new();
    for path in &asked.files {
        experiments.push((path.clone(), strict_yaml::read(path)?));
    }
    let system = System::from_files(&asked.place.endpoints, &asked.place.secrets)?;
    let able = system.agent.state().await?.capabilities;
    if asked.dry_run {
        return Ok(dry(&experiments, &able));
    }
    let stop = stop_asked().boxed().shared();
    let mut rows = Vec::new();
    for (path, experiment) in experiments {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if stop.clone().now_or_never().is_some() {
            rows.push(Row::not_run(&name));
            continue;
        }
        say(format_args!("\n== {}", experiment.title));
        let folder = asked.out.join(format!("{}-{name}", clock::folder_name()));
        let seed = asked.seed.or(experiment.seed).unwrap_or(1);
        let claims: Vec<String> = experiment.claims.iter().map(ToString::to_string).collect();
        let ended = match experiment.workload.clone() {
            Some(load) => {
                let loaded = Loaded {
                    path: &path,
                    load: &load,
                    recovery: experiment.recovery,
                    seed,
                    folder: &folder,
                    place: &asked.place,
                };
                loaded.run(&system.agent, stop.clone()).await?
            }
            None => alone(experiment, seed, &folder, &system, stop.clone()).await?,
        };
        let row = Row::read(&name, &folder, ended, &claims);
        say(format_args!("{}", row.line()));
        rows.push(row);
    }
    let text = table::table(&rows);
    say(format_args!("\n{text}"));
    if let Some(path) = &asked.table {
        std::fs::write(path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(ExitCode::from(table::worst(&rows)))
}

fn dry(experiments: &[(PathBuf, Experiment)], able: &[chaos::fault::Capability]) -> ExitCode {
    let mut all_can = true;
    for (path, experiment) in experiments {
        say(format_args!("{}: {}", path.display(), experiment.title));
        for inject in file::faults(&experiment.method) {
            let lasts = inject
                .duration
                .map_or_else(String::new, |span| format!(" for {span}"));
            let (fault, radius, of) = (&inject.fault, inject.blast_radius, &inject.of);
            say(format_args!(
                "  {fault}: {radius} of {of}{lasts} {}",
                inject.with
            ));
        }
        for missing in file::needs(experiment)
            .iter()
            .filter(|need| !able.contains(need))
        {
            all_can = false;
            say(format_args!("  this target cannot: {missing}"));
        }
    }
    match all_can {
        true => ExitCode::SUCCESS,
        false => UNKNOWN.into(),
    }
}

/// Nobody but the hypothesis judges.
async fn alone(
    experiment: Experiment,
    seed: u64,
    folder: &Path,
    system: &System,
    stop: Stop,
) -> Result<u8, Box<dyn std::error::Error>> {
    let journal = folder.join("journal.json");
    let request = Request {
        experiment,
        seed,
        journal: &journal,
    };
    let tell = |line: String| say(format_args!("chaos: {line}"));
    let ending = run_experiment(request, system, &tell, stop).await?;
    Ok(match ending {
        chaos::run::Ending::Held => 0,
        chaos::run::Ending::Deviated => 1,
        chaos::run::Ending::Unknown => UNKNOWN,
    })
}
