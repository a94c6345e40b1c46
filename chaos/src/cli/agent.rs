//! `chaos agent`: who holds the faults.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chaos::agent::{self, settings::Settings};

use super::Done;

#[derive(clap::Args)]
pub struct Asked {
    /// Where everything is: links, broker, databases, and the token of the agent's own API
    #[arg(long, env = "CHAOS_SITE")]
    site: PathBuf,
}

pub async fn run(asked: Asked, stop: impl Future<Output = ()>) -> Done {
    let telemetry = Arc::new(telemetry::init(&telemetry_settings())?);
    let settings = Settings::read(&asked.site)?;
    let marker = asked.site.with_extension("held");
    agent::run(settings, marker, move || telemetry.metrics_text(), stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// It breaks links to the trace store, so it does not lean on it.
fn telemetry_settings() -> telemetry::Settings {
    telemetry::Settings {
        service: "chaos",
        instance: "chaos".into(),
        otlp_endpoint: None,
        sample_ratio: 0.0,
        log_filter: "info".into(),
        log_format: telemetry::LogFormat::Json,
    }
}
