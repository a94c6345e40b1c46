//! `loadgen`: drive the running system, keep the history, judge it. Exit codes: 0 valid, 1 invalid or a threshold
//! crossed, 2 unknown or it could not be run.

#![forbid(unsafe_code)]

mod cli;
mod compare;
mod signals;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use compare::Compared;
use loadgen::console::say;
use loadgen::drive::recording::Recording;
use loadgen::folder::{Folder, FolderError, Judgement};
use loadgen::outputs::{github, markdown};
use loadgen::phases::{self, RunError, Script};
use loadgen::settings::{Conduct, JudgeSettings, ReplaySettings, Settings};
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
    /// The JSON Schema of workload files, or of verdict.json
    Schema {
        #[arg(value_enum, default_value_t = cli::Schema::Workload)]
        of: cli::Schema,
    },
    /// Judge a run again from its files; the system need not be there
    Judge(JudgeSettings),
    /// Show a judged run on one page: report.html in its folder
    Report {
        /// The folder of a run, or a file in it
        #[arg(value_name = "RUN_DIR")]
        run: PathBuf,
    },
    /// Hold a judged run against another: what got better or worse by more than noise
    ///
    /// A table of figures here, and a page with both runs over each other. Exit codes: 0 compared, whatever the
    /// difference; 1 with --fail-on-worse, where B is worse; 2 it could not be compared.
    Compare(Compared),
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
        Command::Schema { of } => Ok(cli::schema(of)),
        Command::Judge(settings) => judge_again(&settings).await.map_err(AnyError::from),
        Command::Report { run } => Ok(report(Folder::open(&run).path())),
        Command::Compare(asked) => Ok(compare::compare(&asked)),
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
    tokio::spawn(end_by_a_signal());
    Ok(judge(&folder)?)
}

/// What was heard once is not heard by anybody else; and the judge awaits nothing that could be dropped.
async fn end_by_a_signal() {
    if signals::stopped().await.is_ok() {
        eprintln!("loadgen: interrupted; `loadgen judge` judges what the run left");
        std::process::exit(2);
    }
}

/// By a signal. Dropping the run stops the method that it started, and gives the terminal back.
async fn interruptible(conduct: Conduct, script: Script) -> Result<Folder, RunError> {
    tokio::select! {
        folder = phases::run(conduct, script) => folder,
        Ok(()) = signals::stopped() => Err(RunError::Interrupted),
    }
}

async fn judge_again(settings: &JudgeSettings) -> Result<ExitCode, FolderError> {
    let folder = Folder::open(&settings.run);
    if let Some(url) = &settings.trace_store {
        let url = url.trim_end_matches('/');
        folder.read_traces(url, settings.trace_sample).await?;
    }
    if let Some(url) = &settings.prometheus {
        folder.read_metrics(url.trim_end_matches('/')).await?;
    }
    judge(&folder)
}

fn judge(folder: &Folder) -> Result<ExitCode, FolderError> {
    let judgement = folder.judge()?;
    let ink = Ink::of_terminal(std::io::stdout().is_terminal());
    say(format_args!("\n{}", summary::table(&judgement, ink)));
    say(folder.path().join("verdict.json").display());
    step_summary(&judgement);
    // The page shows the verdict and has no say in it.
    let _ = report(folder.path());
    Ok(ExitCode::from(judgement.exit_code()))
}

/// A step's summary that cannot be written decides nothing.
fn step_summary(judgement: &Judgement) {
    if let Some(path) = std::env::var_os(github::VARIABLE).filter(|path| !path.is_empty())
        && let Err(why) = github::append(&markdown::text(judgement), Path::new(&path))
    {
        eprintln!("loadgen: no step summary: {why}");
    }
}

fn report(run_dir: &Path) -> ExitCode {
    match report::write(run_dir) {
        Ok(path) => {
            say(path.display());
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
