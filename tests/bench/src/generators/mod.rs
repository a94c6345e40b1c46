//! Load generators side by side: ours and those that others wrote, one after the other, against the same stub on the
//! same cores.
//!
//! ```text
//! loadgen | k6 | wrk, a process ──── POST /orders, then GET it held to its end ────> stub, a process
//! ```
//!
//! # Layout
//! - [`stub`]: a gateway that answers at once
//! - [`ours`]: the load as `loadgen run` sends it, its history on the disk. [`k6`], [`wrk`]: others
//! - [`ladder`]: the highest rate that a generator keeps
//! - [`process`]: what a process said and used
//! - [`memory`]: what ours holds after many orders

pub mod k6;
pub mod ladder;
pub mod memory;
pub mod ours;
pub mod process;
pub mod stub;
pub mod wrk;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::machine::Machine;
use crate::run::{BenchError, file, say};
use crate::settings::GeneratorSettings;
use ladder::Ladder;
use memory::Memory;
use stub::Stub;

/// Orders under way at once, ours and k6's: at 10,000 orders/s a tenth of a second's worth.
pub const IN_FLIGHT_MAX: u32 = 1_000;
/// The least that an order is: it is placed, and watched to its end.
pub const REQUESTS_AN_ORDER: f64 = 2.0;

/// What one generator is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    pub url: String,
    /// Requests a second; who sends as fast as it is answered passes it over.
    pub rate: u32,
    pub length: Duration,
    /// For its files, which are gone when the next one starts.
    pub dir: PathBuf,
}

impl Ask {
    pub fn orders_per_second(&self) -> f64 {
        f64::from(self.rate) / REQUESTS_AN_ORDER
    }
}

/// What a generator says of its load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// That were answered.
    pub requests: u64,
    pub seconds: f64,
    /// Sends more than 20 ms late, or not made at all, of those intended; `None` of a closed loop, which intends none.
    pub late_share: Option<f64>,
    /// Requests or orders that failed.
    pub errors: u64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Seen {
    pub fn requests_per_second(&self) -> f64 {
        match self.seconds > 0.0 {
            true => self.requests as f64 / self.seconds,
            false => 0.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// By a schedule.
    Open,
    /// As fast as it is answered.
    Closed,
}

pub trait Generator {
    fn name(&self) -> String;
    fn pace(&self) -> Pace;
    fn command(&self, ask: &Ask) -> Result<Command, BenchError>;
    /// From what the command printed.
    fn read(&self, printed: &str) -> Option<Seen>;
}

#[derive(Clone, Debug)]
pub struct Comparison {
    pub machine: Machine,
    pub seconds: u64,
    pub ladders: Vec<Ladder>,
    /// Who could not be asked, and why.
    pub absent: Vec<(&'static str, String)>,
    pub memory: Option<Memory>,
}

pub async fn measure(settings: &GeneratorSettings) -> Result<Comparison, BenchError> {
    let programs = platform::config::sibling_programs().map_err(file(Path::new("this program")))?;
    let default = || programs.join("bench-generators");
    let dir = settings.dir.clone().unwrap_or_else(default);
    std::fs::create_dir_all(&dir).map_err(file(&dir))?;
    let mut found: Vec<Box<dyn Generator>> = vec![Box::new(ours::Ours)];
    let mut absent = Vec::new();
    for (name, other) in [("k6", k6::find(&dir).await), ("wrk", wrk::find().await)] {
        match other {
            Ok(generator) => found.push(generator),
            Err(why) => {
                say(&format!("without {name}: {why}"));
                absent.push((name, why));
            }
        }
    }
    let stub = Stub::start().await?;
    let mut ladders = Vec::new();
    for generator in &found {
        ladders.push(ladder::climb(generator.as_ref(), &stub, settings, &dir).await?);
    }
    let memory = match settings.memory_orders {
        0 => None,
        orders => Some(memory::measure(&stub, settings.memory_rate, orders, &dir).await?),
    };
    Ok(Comparison {
        machine: Machine::read(settings.date.as_deref()),
        seconds: settings.seconds,
        ladders,
        absent,
        memory,
    })
}
