//! Latency at one modest rate, from the intended start of an order to the first sight of its end, and what the orders
//! cost meanwhile.

use std::time::Duration;

use loadgen::tally::Percentiles;

use super::demand::{Demand, Meter};
use super::generator::{Coordination, Generator, Phase};
use crate::run::{BenchError, say};

/// A tenth of the rate that the design aims at: latency is that of single orders, not of batches.
pub const RATE: u32 = 50;
/// First connections of pools and first plans of queries are not what an order waits for.
const WARM_UP: Duration = Duration::from_secs(2);

#[derive(Clone, Debug)]
pub struct Latency {
    pub coordination: Coordination,
    /// To the end as the customer sees it.
    pub saga: Percentiles,
    /// To the answer that it was accepted.
    pub accepted: Percentiles,
    pub troubles: u64,
    pub phase: Phase,
    pub demand: Demand,
}

pub async fn measure(
    generator: &mut Generator<'_>,
    meter: &Meter,
    coordination: Coordination,
    length: Duration,
) -> Result<Latency, BenchError> {
    generator.phase(coordination, RATE, WARM_UP).await?;
    let before = meter.read().await?;
    let phase = generator.phase(coordination, RATE, length).await?;
    let after = meter.read().await?;
    let load = &phase.load;
    let saga = load
        .latency
        .get(coordination.label())
        .copied()
        .unwrap_or_default();
    say(&format!(
        "{} {RATE} orders/s: p50 {:.1} ms, p99 {:.1} ms of {} orders",
        coordination.label(),
        saga.p50_ms,
        saga.p99_ms,
        saga.count
    ));
    Ok(Latency {
        coordination,
        saga,
        accepted: load.acknowledgement,
        troubles: load.failed + load.unknown + load.dropped,
        demand: Demand::between(before, after, load.ended),
        phase,
    })
}
