//! `chaos run`: experiments with their load and their judgement.
//!
//! The load generator is the frame: it loads, lets `chaos apply` break the system, waits, and judges.

use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use chaos::clock;
use chaos::experiment::{Experiment, Workload, file};
use chaos::run::system::System;
use chaos::run::{Request, run as run_experiment};
use clap::ValueEnum;
use tokio::process::Command;

use super::table::{self, Row};
use super::{Done, UNKNOWN, Where, say, stop_asked};

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
    let mut rows = Vec::new();
    for (path, experiment) in experiments {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        say(format_args!("\n== {}", experiment.title));
        let folder = asked.out.join(format!("{}-{name}", clock::folder_name()));
        let seed = asked.seed.or(experiment.seed).unwrap_or(1);
        let claims = experiment.claims.clone();
        let ended = match experiment.workload.clone() {
            Some(load) => loaded(&asked, &path, &experiment, &load, seed, &folder).await?,
            None => alone(experiment, seed, &folder, &system).await?,
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
) -> Result<u8, Box<dyn std::error::Error>> {
    let journal = folder.join("journal.json");
    let request = Request {
        experiment,
        seed,
        journal: &journal,
    };
    let tell = |line: String| say(format_args!("chaos: {line}"));
    let ending = run_experiment(request, &system.agent, system, &tell, stop_asked()).await?;
    Ok(match ending {
        chaos::run::Ending::Held => 0,
        chaos::run::Ending::Deviated => 1,
        chaos::run::Ending::Unknown => UNKNOWN,
    })
}

async fn loaded(
    asked: &Asked,
    path: &Path,
    experiment: &Experiment,
    load: &Workload,
    seed: u64,
    folder: &Path,
) -> Result<u8, Box<dyn std::error::Error>> {
    let ourselves = std::env::current_exe()?;
    let loadgen = ourselves.with_file_name("loadgen");
    let Where { endpoints, secrets } = &asked.place;
    let method = format!(
        "{} apply {} --endpoints {} --secrets {}",
        quoted(&ourselves),
        quoted(path),
        quoted(endpoints),
        quoted(secrets)
    );
    let mut command = Command::new(&loadgen);
    command
        .arg("run")
        .arg("--endpoints")
        .arg(endpoints)
        .arg("--secrets")
        .arg(secrets)
        .arg("--out")
        .arg(folder)
        .args(["--seed", &seed.to_string()])
        .args(["--rate", &load.rate.to_string()])
        .args(["--baseline", &load.baseline.to_string()])
        .args(["--duration", &load.duration.to_string()])
        .args(["--recovery", &experiment.recovery.to_string()])
        .args(["--method-timeout", "60m"])
        .args(["--method", &method])
        .stdin(Stdio::null());
    let ended = command.status().await;
    let ended = ended.map_err(|error| {
        format!(
            "{}: {error}. Build it: cargo build --workspace --bins",
            loadgen.display()
        )
    })?;
    Ok(ended
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(UNKNOWN))
}

/// As a shell takes it for one word.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}
