//! `loadgen`: drive the running system, keep the history, judge it. Exit codes: 0 valid, 1 invalid,
//! 2 unknown or it could not be run.

#![forbid(unsafe_code)]

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use loadgen::folder::{Folder, FolderError};
use loadgen::phases::{self, RunError};
use loadgen::settings::Settings;
use loadgen::summary::{self, Ink};
use rustix::process::{Resource, getrlimit, setrlimit};

#[derive(Parser)]
#[command(
    about = "Drive the running system with orders, keep the history of every promise, and judge it"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Load the system, break it with --method, judge what came of it
    Run(Box<Settings>),
    /// Judge a run again from its files; the system need not be there
    Judge { run_dir: PathBuf },
    /// Show a judged run on one page: report.html in its folder
    Report { run_dir: PathBuf },
}

#[tokio::main]
async fn main() -> ExitCode {
    let judged = match Cli::parse().command {
        Command::Judge { run_dir } => judge(&Folder::open(&run_dir)),
        Command::Report { run_dir } => return report(&run_dir),
        Command::Run(settings) => {
            raise_file_limit();
            match interruptible(*settings).await {
                Ok(Some(folder)) => judge(&folder),
                Ok(None) => {
                    eprintln!("loadgen: interrupted; what was recorded stays in the run's folder");
                    return ExitCode::from(2);
                }
                Err(error) => {
                    eprintln!("loadgen: {error}");
                    return ExitCode::from(2);
                }
            }
        }
    };
    judged.unwrap_or_else(|error| {
        eprintln!("loadgen: {error}");
        ExitCode::from(2)
    })
}

/// `None` on Ctrl-C. Dropping the run stops the method that it started.
async fn interruptible(settings: Settings) -> Result<Option<Folder>, RunError> {
    tokio::select! {
        folder = phases::run(settings) => folder.map(Some),
        _ = tokio::signal::ctrl_c() => Ok(None),
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
    Ok(match judgement.verdict {
        "valid" => ExitCode::SUCCESS,
        "invalid" => ExitCode::from(1),
        _ => ExitCode::from(2),
    })
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
