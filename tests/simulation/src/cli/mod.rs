//! The command line: [`many`] runs, [`one`] run, and what is printed of them.

mod many;
mod one;
mod print;

use clap::{Parser, ValueEnum};
use simulation::{
    file::RunFile,
    judgement::CLAIMS,
    settings::{ORDERS, Settings, Variant},
};
use std::{error::Error, path::PathBuf};

/// Run the whole system in seeded worlds and judge what is left.
///
/// Exit codes: 0 every claim held, 1 a claim failed, 2 it could not be run.
#[derive(Debug, Parser)]
#[command(name = "simulate", version)]
pub struct Arguments {
    /// Run this one seed.
    #[arg(long, conflicts_with_all = ["runs", "replay"])]
    seed: Option<u64>,
    /// Run so many seeds and stop at the first failure.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    runs: u64,
    /// The first seed of many; drawn and printed if it is not given.
    #[arg(long, conflicts_with_all = ["seed", "replay"])]
    base_seed: Option<u64>,
    /// Threads for many runs.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// Tell the first failure as it was found, without making it small.
    #[arg(long, conflicts_with_all = ["seed", "replay"])]
    as_found: bool,
    /// Go on past failures of other claims, until this one fails.
    #[arg(long, value_name = "CLAIM", value_parser = claim, conflicts_with_all = ["seed", "replay"])]
    until: Option<&'static str>,
    /// Run a failure again from its file.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Print a line for each event: when, who, what.
    #[arg(long)]
    timeline: bool,
    /// Wait for Enter after each line of the timeline.
    #[arg(long)]
    step: bool,
    /// Only lines of the timeline that contain this, such as an order's id or `payments-1`.
    #[arg(long, value_name = "TEXT", default_value = "")]
    about: String,
    /// Orders in a run.
    #[arg(long, default_value_t = ORDERS, value_parser = orders)]
    orders: usize,
    /// Plant a mistake in a server, to see it caught.
    #[arg(long, value_enum, default_value_t = Planted::None)]
    plant: Planted,
    /// Where the file of a failure goes.
    #[arg(long, default_value = "runs", value_name = "FOLDER")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Planted {
    None,
    ForgetfulInbox,
    LyingConfirms,
    LeakyOutbox,
    LossyLedger,
    OffsetFirst,
}

impl From<Planted> for Variant {
    fn from(planted: Planted) -> Self {
        match planted {
            Planted::None => Self::Faithful,
            Planted::ForgetfulInbox => Self::ForgetfulInbox,
            Planted::LyingConfirms => Self::LyingConfirms,
            Planted::LeakyOutbox => Self::LeakyOutbox,
            Planted::LossyLedger => Self::LossyLedger,
            Planted::OffsetFirst => Self::OffsetFirst,
        }
    }
}

/// A run's postcodes, by which its orders are known, have six digits.
fn orders(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(orders) if (1..=10_000).contains(&orders) => Ok(orders),
        Ok(_) | Err(_) => Err("a number from 1 to 10000".to_owned()),
    }
}

fn claim(text: &str) -> Result<&'static str, String> {
    let mut known = CLAIMS.iter().map(|claim| claim.id);
    let found = known.find(|id| id.eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        let known: Vec<&str> = CLAIMS.iter().map(|claim| claim.id).collect();
        format!("one of {}", known.join(", "))
    })
}

pub enum Ending {
    Held,
    Failed,
}

pub fn run(arguments: &Arguments) -> Result<Ending, Box<dyn Error>> {
    if let Some(path) = &arguments.replay {
        let file = RunFile::read(path)?;
        return one::run(arguments, &file.settings());
    }
    match arguments.seed {
        Some(seed) => one::run(arguments, &arguments.settings(seed)),
        None => many::run(arguments),
    }
}

impl Arguments {
    fn settings(&self, seed: u64) -> Settings {
        Settings {
            orders: self.orders,
            variant: self.plant.into(),
            ..Settings::seeded(seed)
        }
    }
}
