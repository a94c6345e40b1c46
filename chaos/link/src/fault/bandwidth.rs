//! So many octets a second.

use crate::{
    faults::Armed,
    rule::{Fault, Way},
};
use std::{num::NonZeroU64, time::Duration};
use tokio::time::Instant;

/// Octets leave in portions of this much time, so that a slow link trickles.
const PORTION: Duration = Duration::from_millis(50);

pub fn rate(armed: &Armed, going: Way) -> Option<NonZeroU64> {
    match armed.rule.fault {
        Fault::Bandwidth {
            bytes_per_second,
            way,
        } if way.covers(going) => Some(bytes_per_second),
        _ => None,
    }
}

/// When the next portion may leave.
#[derive(Debug)]
pub struct Pacer {
    free: Instant,
}

impl Pacer {
    pub fn new(now: Instant) -> Self {
        Self { free: now }
    }

    /// So many octets now, or when to ask again.
    pub fn allows(&self, rate: NonZeroU64, now: Instant) -> Result<usize, Instant> {
        if now < self.free {
            return Err(self.free);
        }
        let portions = (Duration::from_secs(1).as_millis() / PORTION.as_millis()) as u64;
        Ok(usize::try_from(rate.get() / portions)
            .unwrap_or(usize::MAX)
            .max(1))
    }

    pub fn spend(&mut self, octets: usize, rate: NonZeroU64, now: Instant) {
        let takes = Duration::from_secs_f64(octets as f64 / rate.get() as f64);
        // A timer that was late is made up for, an idle link is not.
        let idle = now.checked_sub(PORTION).unwrap_or(now);
        self.free = self.free.max(idle) + takes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn as_many_octets_leave_as_the_rate_says_in_small_portions() {
        for (rate, octets) in [(1, 5_usize), (1000, 10_000), (1_000_000, 20_000_000)] {
            let rate = NonZeroU64::new(rate).expect("not zero");
            let started = Instant::now();
            let mut pacer = Pacer::new(started);
            let mut left = octets;
            while left > 0 {
                match pacer.allows(rate, Instant::now()) {
                    Ok(portion) => {
                        assert!(portion as u64 <= rate.get().div_ceil(20));
                        let portion = portion.min(left);
                        pacer.spend(portion, rate, Instant::now());
                        left -= portion;
                    }
                    Err(at) => tokio::time::sleep_until(at).await,
                }
            }
            let due = octets as f64 / rate.get() as f64;
            let took = started.elapsed().as_secs_f64();
            // The last portion leaves before its time is over.
            assert!((due - 1.1..=due + 0.1).contains(&took), "{took} for {due}");
        }
    }
}
