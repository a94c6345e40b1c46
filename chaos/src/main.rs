//! `chaos`: break the running system, keep the receipts. Exit codes: 0 everything broken came back,
//! 1 something did not, 2 it could not be run.

#![forbid(unsafe_code)]

mod proxy;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use chaos::experiment::{Ending, ExperimentError, KillEachService, SERVICES};
use chaos::fault::{self, Patience};
use chaos::journal::Status;
use chaos::target::Local;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    about = "Break the running system on purpose, and keep a receipt of everything it touched"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// SIGKILL one instance of each service in turn, waiting until it is back
    Kill(Kill),
    /// Stand between a RabbitMQ and its clients, and break single messages
    Proxy(Box<proxy::Asked>),
    /// Name the faults there are
    List,
}

#[derive(clap::Args)]
struct Kill {
    /// All services of the product, in turn
    #[arg(long, required_unless_present = "services")]
    each_service: bool,
    /// Only these, in this order
    #[arg(long, value_delimiter = ',')]
    services: Vec<String>,
    /// Decides which instance of a service falls
    #[arg(long, env = "SEED", default_value_t = 1)]
    seed: u64,
    /// Where the journal goes [default: $RUN_DIR/journal.json, or ./journal.json]
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Between one service back and the next one killed: 4s, 500ms
    #[arg(long, value_parser = duration, default_value = "4s")]
    pause: Duration,
    #[arg(long, default_value = ".run/endpoints.json")]
    endpoints: PathBuf,
    #[arg(long, default_value = ".run/secrets.json")]
    secrets: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match Cli::parse().command {
        Command::List => list(),
        Command::Proxy(asked) => match proxy::run(*asked, stop_asked()).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("chaos: {error}");
                ExitCode::from(2)
            }
        },
        Command::Kill(kill) => match run(kill).await {
            Ok(Some(Ending::AsExpected)) => ExitCode::SUCCESS,
            Ok(Some(Ending::Deviated)) => ExitCode::from(1),
            Ok(None) => ExitCode::from(2),
            Err(error) => {
                eprintln!("chaos: {error}");
                ExitCode::from(2)
            }
        },
    }
}

/// `None` when it was interrupted.
async fn run(kill: Kill) -> Result<Option<Ending>, ExperimentError> {
    let target = Local::from_files(&kill.endpoints, &kill.secrets)?;
    let path = kill.journal.unwrap_or_else(|| {
        std::env::var_os("RUN_DIR")
            .map(PathBuf::from)
            .unwrap_or_default()
            .join("journal.json")
    });
    let services = if kill.services.is_empty() {
        SERVICES.map(String::from).into()
    } else {
        kill.services
    };
    let experiment = KillEachService {
        services,
        seed: kill.seed,
        pause: kill.pause,
        patience: Patience::default(),
    };
    let mut journal = experiment.journal();
    let progress = |what: &str| println!("chaos: {what}");
    let ended = tokio::select! {
        ended = experiment.run(&target, &mut journal, &path, progress) => Some(ended),
        _ = stop_asked() => None,
    };
    // A kill heals itself through the supervisor: there is nothing to roll back, only to write down.
    journal.finish(match ended {
        Some(Ok(_)) => Status::Completed,
        Some(Err(_)) => Status::Failed,
        None => Status::Interrupted,
    });
    journal.write(&path)?;
    if ended.is_none() {
        let faults = journal.run.len();
        eprintln!(
            "chaos: interrupted after {faults} faults; see {}",
            path.display()
        );
    }
    ended.transpose()
}

/// Ctrl-C, or SIGTERM from whoever runs the experiment as its method.
async fn stop_asked() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}

fn list() -> ExitCode {
    for kind in fault::ALL {
        println!("{:<16} {}", kind.name, kind.meaning);
    }
    ExitCode::SUCCESS
}

fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit_ms) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => (number, 1.0),
        (None, Some(number)) => (number, 1_000.0),
        (None, None) => return Err("needs a unit: 4s or 500ms".into()),
    };
    let number: f64 = number
        .parse()
        .map_err(|_| "needs a number and a unit: 4s or 500ms")?;
    // An hour between two faults is a mistake.
    let ms = number * unit_ms;
    if !(0.0..=3_600_000.0).contains(&ms) {
        return Err("must be between 0 and one hour".into());
    }
    Ok(Duration::from_millis(ms as u64))
}
