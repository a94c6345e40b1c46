//! What to measure, and for how long.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::generators::ours::Driving;

#[derive(Parser, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub apart: Option<Apart>,
    #[command(flatten)]
    pub settings: Settings,
}

/// What is measured apart from Breakwater.
#[derive(Subcommand, Clone, Debug)]
pub enum Apart {
    /// Our load generator beside k6 and wrk, against the same stub: the highest rates, latency, processor, memory
    Generators(GeneratorSettings),
    /// The stub, until it is killed
    #[command(hide = true)]
    Stub,
    /// Our load, for one step
    #[command(hide = true)]
    Drive(Driving),
}

#[derive(Args, Clone, Debug)]
pub struct GeneratorSettings {
    /// Length of one step
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub seconds: u64,
    /// Requests a second of the steps, ascending, separated by commas
    #[arg(long, value_delimiter = ',', default_values_t = RATES, value_parser = clap::value_parser!(u32).range(1..=40_000))]
    pub rates: Vec<u32>,
    /// Orders over which our memory is watched; 0 for not at all
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(..=100_000_000))]
    pub memory_orders: u64,
    /// Requests a second meanwhile
    #[arg(long, default_value_t = 15_000, value_parser = clap::value_parser!(u32).range(1..=40_000))]
    pub memory_rate: u32,
    /// Put the figures into this document, between its two markers
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// The date that the figures carry [default: today]
    #[arg(long)]
    pub date: Option<String>,
    /// Folder of k6, scripts and the history while they are needed [default: bench-generators beside the binaries]
    #[arg(long)]
    pub dir: Option<PathBuf>,
}

/// From what every generator keeps to twice what is asked of ours.
const RATES: [u32; 9] = [
    1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000,
];

#[derive(Parser, Clone, Debug)]
#[command(
    about = "Measure Breakwater on a private platform, and this machine's own RabbitMQ and PostgreSQL beside it"
)]
pub struct Settings {
    /// Sections to measure, separated by commas [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Section>,
    /// Length of one step of the search for the highest rate, and of each limit; latency takes three times as long
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub seconds: u64,
    /// Orders a second of the first step
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub first_rate: u32,
    /// How much more each next step sends
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_step: u32,
    /// The search ends here even if the system does not
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub rate_max: u32,
    /// Put the figures into this document, between its two markers
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// The date that the figures carry [default: today]
    #[arg(long)]
    pub date: Option<String>,
    /// Folder of the built binaries [default: where this program is]
    #[arg(long)]
    pub programs: Option<PathBuf>,
    /// Folder of the platform while it runs, on the disk that is to be measured [default: bench-run beside the binaries]
    #[arg(long)]
    pub dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Section {
    /// From nothing to ready, and memory at rest
    Start,
    /// Latency at 50 orders/s, and what one order costs in messages and rows
    Latency,
    /// The highest rate that is kept up with
    Rate,
    /// Latency and rate again, on a platform without tracing
    Untraced,
    /// RabbitMQ and PostgreSQL alone
    Limits,
}

impl Settings {
    pub fn wants(&self, section: Section) -> bool {
        self.only.is_empty() || self.only.contains(&section)
    }

    pub fn step(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// At 50 orders/s a step of 10 s has 500 orders, and their 99th percentile hangs on five; three times as many do.
    pub fn latency_length(&self) -> Duration {
        self.step() * 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_measured_unless_sections_are_named() {
        let all = Settings::parse_from(["bench"]);
        assert!(all.wants(Section::Limits) && all.wants(Section::Start));
        let some = Settings::parse_from(["bench", "--only", "latency,limits", "--seconds", "3"]);
        assert!(some.wants(Section::Limits) && !some.wants(Section::Rate));
        assert_eq!(some.step(), Duration::from_secs(3));
    }

    #[test]
    fn generators_are_measured_apart() {
        let cli = Cli::parse_from(["bench", "generators", "--rates", "10,20"]);
        let Some(Apart::Generators(settings)) = cli.apart else {
            panic!("{cli:?}")
        };
        assert_eq!(settings.rates, [10, 20]);
        assert!(Cli::parse_from(["bench", "--seconds", "3"]).apart.is_none());
    }
}
