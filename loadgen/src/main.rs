//! `loadgen`: drive the running system, keep the history, judge it. Exit codes: 0 valid, 1 invalid or a threshold
//! crossed, 2 unknown or it could not be run.

#![forbid(unsafe_code)]

mod cli;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use loadgen::drive::recording::Recording;
use loadgen::folder::{Folder, FolderError};
use loadgen::phases::{self, RunError, Script};
use loadgen::settings::{Conduct, ReplaySettings, Settings};
use loadgen::summary::{self, Ink};
use rustix::process::{Resource, getrlimit, setrlimit};

/// Drive the running system with orders, keep the history of every promise, and judge it.
///
/// Exit codes: 0 valid, and every threshold of the workload held; 1 invalid, or a threshold was crossed; 2 unknown, a
/// threshold without a figure, or it could not be run.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Load the system, break it with --method, judge what came of it
    #[command(after_help = VIEW)]
    Run(Box<Settings>),
    /// Send again what a run sent, at the same times, to the system as it is now
    #[command(after_help = VIEW)]
    Replay(Box<ReplaySettings>),
    /// See that files are workloads; nothing is sent
    Validate {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// The workloads that can be run by their names
    List,
    /// The JSON Schema of workload files
    Schema,
    /// Judge a run again from its files; the system need not be there
    Judge { run_dir: PathBuf },
    /// Show a judged run on one page: report.html in its folder
    Report { run_dir: PathBuf },
}

/// What a run on a terminal shows.
const VIEW: &str = "\
On a terminal, a live view shows the run: rates, latencies and their heat map, outcomes, orders under way,
faults in force, and what the history has refuted so far. --plain has lines instead.
Keys: 1-4 or tab: overview, orders, faults, claims; p: pause; ?: keys; q or Ctrl-C: stop the run.";

type AnyError = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(settings) => run(*settings).await,
        Command::Replay(settings) => replay(*settings).await,
        Command::Validate { files } => Ok(cli::validate(&files)),
        Command::List => Ok(cli::list()),
        Command::Schema => Ok(cli::schema()),
        Command::Judge { run_dir } => judge(&Folder::open(&run_dir)).map_err(AnyError::from),
        Command::Report { run_dir } => Ok(report(&run_dir)),
    };
    done.unwrap_or_else(|error| {
        eprintln!("loadgen: {error}");
        ExitCode::from(2)
    })
}

async fn run(settings: Settings) -> Result<ExitCode, AnyError> {
    let workload = settings.workload()?;
    conducted(settings.conduct, Script::Drawn(workload)).await
}

async fn replay(settings: ReplaySettings) -> Result<ExitCode, AnyError> {
    let recording = Recording::read(&settings.run)?;
    conducted(settings.conduct, Script::Recorded(Box::new(recording))).await
}

async fn conducted(conduct: Conduct, script: Script) -> Result<ExitCode, AnyError> {
    raise_file_limit();
    let folder = interruptible(conduct, script).await?;
    Ok(judge(&folder)?)
}

/// By Ctrl-C. Dropping the run stops the method that it started, and gives the terminal back.
async fn interruptible(conduct: Conduct, script: Script) -> Result<Folder, RunError> {
    tokio::select! {
        folder = phases::run(conduct, script) => folder,
        _ = tokio::signal::ctrl_c() => Err(RunError::Interrupted),
    }
}

fn judge(folder: &Folder) -> Result<ExitCode, FolderError> {
    let judgement = folder.judge()?;
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    println!(
        "\n{}",
        summary::table(&judgement, if colour { Ink::Colour } else { Ink::Plain })
    );
    println!("{}", folder.path().join("verdict.json").display());
    // The page shows the verdict and has no say in it.
    let _ = report(folder.path());
    Ok(ExitCode::from(judgement.exit_code()))
}

fn report(run_dir: &Path) -> ExitCode {
    match report::write(run_dir) {
        Ok(path) => {
            println!("{}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("loadgen: no report: {error}");
            ExitCode::from(2)
        }
    }
}

/// An order under way holds a connection; the usual soft limit of 1,024 is fewer than an outage needs.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is refused, connections fail and are counted.
    let _ = setrlimit(Resource::Nofile, limit);
}
