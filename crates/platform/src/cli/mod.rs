//! The command line.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | something failed; the last line says what |
//! | 2 | the command line is wrong |
//! | 3 | `status`: nothing runs there |
//! | 69 | a package or one of our own programs is missing, and the command that gets it was printed |
//! | 75 | a platform runs there already |
//! | 78 | a setting is wrong |
//! | 128 + n | ended by signal n; `run` else answers with its command's own code |

/// A line for whoever looks on. If nobody does any more, the work goes on: `println!` would panic.
macro_rules! say {
    ($($line:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($line)*);
    }};
}

mod detach;
mod down;
mod exit;
mod run;
mod status;
mod stop_signal;
mod up;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use exit::Failure;

#[derive(Parser)]
#[command(
    name = "platform",
    about = "Runs Breakwater and its servers as processes of a folder.",
    version
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything and stay until Ctrl-C.
    Up(Up),
    /// Stop what runs in the folder.
    Down(Place),
    /// Show every process.
    Status(Place),
    /// Start everything, run a command with BREAKWATER_ENDPOINTS, stop everything.
    Run(Run),
    /// Install the distribution's packages that are missing, and nothing else.
    Install,
}

#[derive(Args)]
pub struct Place {
    /// The run folder.
    #[arg(long, default_value = ".run")]
    dir: PathBuf,
}

#[derive(Args)]
pub struct Shape {
    #[command(flatten)]
    place: Place,
    /// Instances of each service (the registry is always one).
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=16))]
    instances: u16,
    /// No trace store, and services that export no spans.
    #[arg(long, conflicts_with = "jaeger")]
    no_tracing: bool,
    /// Run the `jaeger` on PATH as trace store.
    #[arg(long)]
    jaeger: bool,
    /// Proxies on the links between instances and what they lean on, for faults on links and messages.
    #[arg(long)]
    links: bool,
    /// No services, only the servers they lean on.
    #[arg(long)]
    only_servers: bool,
    /// A Jaeger that runs elsewhere: its query API. It is used instead of a trace store of our own.
    #[arg(long, env = "JAEGER_URL", hide_env_values = true)]
    jaeger_url: Option<String>,
    /// Where that Jaeger receives OTLP over HTTP, if not on port 4318 of the same host.
    #[arg(long, env = "JAEGER_OTLP_URL", hide_env_values = true)]
    jaeger_otlp_url: Option<String>,
    /// A setting for all services, such as SAGA_DEADLINE_MS=5000. May be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

#[derive(Args)]
pub struct Up {
    #[command(flatten)]
    shape: Shape,
    /// Return when everything is ready and leave it running.
    #[arg(long)]
    detach: bool,
    /// What `--detach` starts: the same, in a session of its own.
    #[arg(long, hide = true)]
    own_session: bool,
}

#[derive(Args)]
pub struct Run {
    #[command(flatten)]
    shape: Shape,
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

pub async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Up(up) => up::up(up).await,
        Command::Down(place) => down::down(&place).await,
        Command::Status(place) => status::status(&place).await,
        Command::Run(run) => run::run(run).await,
        Command::Install => up::install(),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("platform: {failure}");
            failure.code()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_setting_has_a_key_and_may_hold_equal_signs() {
        assert_eq!(setting("A=b=c"), Ok(("A".into(), "b=c".into())));
        assert!(setting("A").is_err());
        assert!(setting("=b").is_err());
    }
}
