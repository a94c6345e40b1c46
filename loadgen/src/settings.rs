//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::workload::Workload;
use crate::workload::file::{WorkloadError, find};
use crate::workload::overrides::{OverrideError, Overrides, duration};

/// Orders enough that a lost span in a thousand is seen, and read in seconds.
const TRACE_SAMPLE: usize = 2_000;

/// `loadgen run`
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// What is sent: a file, or one of `loadgen list` [default: what the flags below say]
    #[arg(value_name = "WORKLOAD.yaml | NAME")]
    pub workload: Option<String>,
    #[command(flatten)]
    pub overrides: Overrides,
    #[command(flatten)]
    pub conduct: Conduct,
}

/// `loadgen replay`
#[derive(Args, Clone, Debug)]
pub struct ReplaySettings {
    /// The folder of a run, or the history in it
    #[arg(value_name = "HISTORY | RUN_DIR")]
    pub run: PathBuf,
    #[command(flatten)]
    pub conduct: Conduct,
}

/// `loadgen judge`
#[derive(Args, Clone, Debug)]
pub struct JudgeSettings {
    /// The folder of a run, or a file in it
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// Read the run's traces again, from this query API: that of a Jaeger, say
    #[arg(long, value_name = "URL")]
    pub trace_store: Option<String>,
    /// Traces looked at
    #[arg(long, default_value_t = TRACE_SAMPLE, requires = "trace_store")]
    pub trace_sample: usize,
    /// Read the run's metrics again, as they were at its end, from this Prometheus
    #[arg(long, value_name = "URL")]
    pub prometheus: Option<String>,
}

/// How a run is conducted, whatever it sends.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "How the run is conducted")]
pub struct Conduct {
    #[arg(long, default_value = ".run/endpoints.json")]
    pub endpoints: PathBuf,
    #[arg(long, default_value = ".run/secrets.json")]
    pub secrets: PathBuf,
    /// Decides every arrival, order and cancel [default: from the clock, and printed; of a replay, its run's]
    #[arg(long)]
    pub seed: Option<u64>,
    /// Where the run leaves its files [default: runs/<time>]
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Orders under way at once; a send beyond it is dropped, and counted
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub in_flight: u32,
    /// Length of the undisturbed load before the method starts
    #[arg(long, value_parser = duration, default_value = "10s")]
    pub baseline: Duration,
    /// Command that breaks the system; it gets RUN_DIR and SEED, and the system is healed when it exits
    #[arg(long)]
    pub method: Option<String>,
    /// A method that runs longer is stopped
    #[arg(long, value_parser = duration, default_value = "10m")]
    pub method_timeout: Duration,
    /// Longest wait for the steady state after the method
    #[arg(long, value_parser = duration, default_value = "60s")]
    pub recovery: Duration,
    /// Longest wait for every saga to end after the load
    #[arg(long, value_parser = duration, default_value = "90s")]
    pub drain: Duration,
    /// Lines instead of the live view, as without a terminal, with NO_COLOR or with TERM=dumb
    #[arg(long)]
    pub plain: bool,
    /// Traces looked at
    #[arg(long, default_value_t = TRACE_SAMPLE)]
    pub trace_sample: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error(transparent)]
    Workload(#[from] WorkloadError),
    #[error(transparent)]
    Override(#[from] OverrideError),
    #[error(
        "the workload has {customers} customers, each with an order under way; say --in-flight {customers}"
    )]
    Customers { customers: u32 },
}

impl Settings {
    /// The workload's file, with the flags above it.
    pub fn workload(&self) -> Result<Workload, SettingsError> {
        let workload = match &self.workload {
            Some(name_or_path) => find(name_or_path)?,
            None => Workload::default(),
        };
        let workload = self.overrides.apply(workload)?;
        match workload.customers() {
            customers if customers > self.conduct.in_flight => {
                Err(SettingsError::Customers { customers })
            }
            _ => Ok(workload),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        settings: Settings,
    }

    fn workload(arguments: &[&str]) -> Workload {
        let line = ["loadgen"].iter().chain(arguments);
        let settings = Cli::parse_from(line).settings;
        settings.workload().expect("a workload")
    }

    #[test]
    fn a_run_without_a_workload_is_what_its_flags_say() {
        assert_eq!(workload(&[]), Workload::default());
        let asked = workload(&["--rate", "15", "--duration", "12s", "--read-share=0"]);
        assert_eq!(asked.rate_intended(), Some(15.0));
        assert_eq!(asked.length(), Duration::from_secs(12));
        assert_eq!(asked.mix.reads.with_token, 0.0);
    }

    #[test]
    fn more_customers_than_orders_may_be_under_way_are_refused() {
        let file = std::env::temp_dir().join(format!("customers-{}.yaml", std::process::id()));
        let text = "title: many\ndescription: a test\nstages:\n  - duration: 5s\n    \
            closed: {customers: 50, think-time: 1s}\n";
        std::fs::write(&file, text).expect("written");
        let asked = |in_flight: &str| {
            let path = file.to_string_lossy();
            let line = ["loadgen", &path, "--in-flight", in_flight];
            Cli::parse_from(line).settings.workload()
        };
        assert!(asked("50").is_ok());
        let told = asked("49").expect_err("too few").to_string();
        std::fs::remove_file(&file).expect("removed");
        assert!(told.contains("--in-flight 50"), "{told}");
    }

    #[test]
    fn a_named_workload_is_the_one_that_ships() {
        assert_eq!(workload(&["smoke"]).title, "A little of everything");
        let nobody = Cli::parse_from(["loadgen", "smok"]).settings.workload();
        let told = nobody.expect_err("no such workload").to_string();
        assert!(told.contains("did you mean `smoke`?"), "{told}");
    }
}
