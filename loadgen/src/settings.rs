//! What a run is asked to do. Kept in the run folder, so that a verdict says what it is of.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::clock::parse_duration;

#[derive(Args, Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    #[arg(long, default_value = ".run/endpoints.json")]
    pub endpoints: PathBuf,
    #[arg(long, default_value = ".run/secrets.json")]
    pub secrets: PathBuf,
    /// Orders a second, sent whether or not the system keeps up
    #[arg(long, default_value_t = 50.0, value_parser = rate)]
    pub rate: f64,
    /// How the arrivals are spaced
    #[arg(long, value_enum, default_value_t = Spacing::Poisson)]
    pub spacing: Spacing,
    /// Length of the load; longer when the method and the recovery take longer
    #[arg(long, value_parser = parse_duration, default_value = "60s")]
    pub duration: Duration,
    /// Length of the undisturbed load before the method starts
    #[arg(long, value_parser = parse_duration, default_value = "10s")]
    pub baseline: Duration,
    /// Decides every arrival, order and cancel [default: from the clock, and printed]
    #[arg(long)]
    pub seed: Option<u64>,
    /// Where the run leaves its files [default: runs/<time>]
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Share of orders that are orchestrated; the others are choreographed
    #[arg(long, default_value_t = 0.5, value_parser = share)]
    pub orchestration_share: f64,
    /// Share of orders whose customer changes their mind
    #[arg(long, default_value_t = 0.05, value_parser = share)]
    pub cancel_share: f64,
    /// Share of orders that must be refused, in equal parts for each reason
    #[arg(long, default_value_t = 0.08, value_parser = share)]
    pub refusal_share: f64,
    /// Share of orders that compete for a few units
    #[arg(long, default_value_t = 0.02, value_parser = share)]
    pub contended_share: f64,
    /// Share of orders that are read back with their consistency token
    #[arg(long, default_value_t = 0.1, value_parser = share)]
    pub read_share: f64,
    /// Sessions the orders are spread over
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    pub sessions: u32,
    /// Orders under way at once; a send beyond it is dropped, and counted
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub in_flight: u32,
    /// Command that breaks the system; it gets RUN_DIR and SEED, and the system is healed when it exits
    #[arg(long)]
    pub method: Option<String>,
    /// A method that runs longer is stopped
    #[arg(long, value_parser = parse_duration, default_value = "10m")]
    pub method_timeout: Duration,
    /// Longest wait for the steady state after the method
    #[arg(long, value_parser = parse_duration, default_value = "60s")]
    pub recovery: Duration,
    /// Longest wait for every saga to end after the load
    #[arg(long, value_parser = parse_duration, default_value = "90s")]
    pub drain: Duration,
    /// Traces looked at
    #[arg(long, default_value_t = 2_000)]
    pub trace_sample: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spacing {
    /// As independent customers arrive
    Poisson,
    /// Evenly
    Constant,
}

/// Above this one process on one machine measures itself.
const RATE_MAX: f64 = 20_000.0;

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= RATE_MAX => Ok(rate),
        _ => Err(format!(
            "{text:?} must be a number above 0, up to {RATE_MAX}"
        )),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err(format!("{text:?} must be between 0 and 1")),
    }
}
