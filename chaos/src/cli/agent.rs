//! `chaos agent`: who holds the faults.

use std::path::PathBuf;
use std::process::ExitCode;

use chaos::agent::{self, settings::Settings};

use super::Done;

#[derive(clap::Args)]
pub struct Asked {
    /// Where everything is: links, broker, databases, and the token of the agent's own API
    #[arg(long, env = "CHAOS_SITE")]
    site: PathBuf,
}

pub async fn run(asked: Asked, stop: impl Future<Output = ()>) -> Done {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .json()
        .init();
    let settings = Settings::read(&asked.site)?;
    agent::run(settings, asked.site.with_extension("held"), stop).await?;
    Ok(ExitCode::SUCCESS)
}
