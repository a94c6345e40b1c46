//! Breakwater whole, on a private platform, from its start to what its load left behind.
//!
//! # Layout
//! - [`generator`]: `loadgen`'s open loop, one phase at a time
//! - [`backlog`]: whether orders under way pile up
//! - [`latency`]: one modest rate, both coordinations
//! - [`rate`]: the highest rate that is kept up with
//! - [`demand`]: what one order costs in messages and rows
//! - [`memory`], [`processor`]: what processes hold, and what they use

pub mod backlog;
pub mod demand;
pub mod generator;
pub mod latency;
pub mod memory;
pub mod processor;
pub mod rate;

use std::path::Path;
use std::time::{Duration, Instant};

use platform::config::Progress;
use platform::servers::Tracing;
use platform::{Config, Platform};

use crate::run::{BenchError, say};
use crate::settings::{Section, Settings};
use generator::{Coordination, Generator};
use latency::Latency;
use memory::Memory;
use rate::Highest;

/// A service may finish what it is doing, which after a drained load is nothing.
const STOP_GRACE: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traces {
    /// Every order, into the embedded store.
    All,
    None,
}

/// What one platform showed.
#[derive(Clone, Debug)]
pub struct System {
    pub ready_after: Duration,
    pub latency: Vec<Latency>,
    pub highest: Vec<Highest>,
    /// When, and what there was then.
    pub memory: Vec<(&'static str, Memory)>,
}

pub async fn measure(
    settings: &Settings,
    programs: &Path,
    dir: &Path,
    traces: Traces,
) -> Result<System, BenchError> {
    let mut config = Config::breakwater(dir, programs);
    if traces == Traces::None {
        config.tracing = Tracing::Off;
    }
    config.progress = Progress::new(say);
    let started = Instant::now();
    let platform = Platform::start(config).await?;
    let ready_after = started.elapsed();
    let measured = under_load(settings, &platform, ready_after).await;
    platform.stop(STOP_GRACE).await;
    measured
}

async fn under_load(
    settings: &Settings,
    platform: &Platform,
    ready_after: Duration,
) -> Result<System, BenchError> {
    let mut system = System {
        ready_after,
        latency: Vec::new(),
        highest: Vec::new(),
        memory: vec![("at rest", Memory::of(platform.supervisor()))],
    };
    let (latency, rate) = (
        settings.wants(Section::Latency),
        settings.wants(Section::Rate),
    );
    if !latency && !rate {
        return Ok(system);
    }
    let mut generator = Generator::start(platform).await?;
    if latency {
        let meter = demand::Meter::open(platform)?;
        for coordination in Coordination::BOTH {
            let length = settings.latency_length();
            let found = latency::measure(&mut generator, &meter, coordination, length).await?;
            system.latency.push(found);
        }
        let after = Memory::of(platform.supervisor());
        system.memory.push(("after the modest rate", after));
    }
    if rate {
        for coordination in Coordination::BOTH {
            let found = rate::search(&mut generator, coordination, settings).await?;
            system.highest.push(found);
        }
        let after = Memory::of(platform.supervisor());
        system.memory.push(("after the highest rates", after));
    }
    Ok(system)
}
