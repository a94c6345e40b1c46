//! The command line, a file a command.

mod agent;
mod apply;
mod heal;
mod list;
mod loaded;
mod new;
mod proxy;
mod run;
mod schema;
mod table;
mod validate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Break a running system on purpose, and keep a receipt of everything it touched.
///
/// Exit codes: 0 valid; 1 invalid: the system did not do what it should; 2 unknown, or it could not be run.
#[derive(Parser)]
#[command(name = "chaos", version)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Experiments with their load and their judgement, one after the other
    Run(run::Asked),
    /// One experiment without its load: hypothesis, method, hypothesis
    Apply(apply::Asked),
    /// See that files are experiments; nothing is broken
    Validate(validate::Asked),
    /// Every fault, with what it needs and its parameters
    List(list::Asked),
    /// The JSON Schema of experiment files
    Schema,
    /// Write an experiment with comments, to begin with
    New(new::Asked),
    /// End every fault, whoever began it. However often
    Heal(Where),
    /// Stand between a RabbitMQ and its clients, and break single messages
    ///
    /// Plain connections only: a client that begins with TLS is answered with the protocol header and cut off, as by a
    /// broker without TLS, and before a broker that speaks nothing else the proxy does not start.
    Proxy(Box<proxy::Asked>),
    /// Hold the faults of experiments; the platform starts it
    Agent(agent::Asked),
}

/// The files of a running platform.
#[derive(Args, Clone, Debug)]
pub struct Where {
    #[arg(long, default_value = ".run/endpoints.json")]
    pub endpoints: PathBuf,
    #[arg(long, default_value = ".run/secrets.json")]
    pub secrets: PathBuf,
}

pub async fn main(line: CommandLine) -> ExitCode {
    let done = match line.command {
        Command::Run(asked) => run::run(asked).await,
        Command::Apply(asked) => apply::run(asked).await,
        Command::Validate(asked) => Ok(validate::run(&asked)),
        Command::List(asked) => Ok(list::run(&asked)),
        Command::Schema => Ok(schema::run()),
        Command::New(asked) => new::run(&asked),
        Command::Heal(place) => heal::run(&place).await,
        Command::Proxy(asked) => proxy::run(*asked, stop_asked()).await,
        Command::Agent(asked) => agent::run(asked, stop_asked()).await,
    };
    done.unwrap_or_else(|error| {
        eprintln!("chaos: {error}");
        UNKNOWN.into()
    })
}

/// A reader that has seen enough closes the pipe: no mistake, and no reason to leave anything broken.
fn say(what: impl std::fmt::Display) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{what}");
}

type Done = Result<ExitCode, Box<dyn std::error::Error>>;

/// It could not be run, or says nothing.
const UNKNOWN: u8 = 2;

/// Asked for by [`stop_asked`], for all who must hear of it.
type Stop = futures::future::Shared<futures::future::BoxFuture<'static, ()>>;

/// Ctrl-C, or SIGTERM from whoever runs the experiment as its method.
async fn stop_asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
