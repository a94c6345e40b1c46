//! Steady state: orders are answered and end, and no more of them than usual are under way.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::drive::plan::{CHOREOGRAPHY, ORCHESTRATION};
use crate::tally::Tally;
use crate::workload::Mix;

/// Looked at second by second; three good ones in a row are no accident.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const GOOD_SECONDS: u32 = 3;
/// A system under test breathes: twice as many orders under way as in the baseline are usual, and ten are few.
const USUAL_FACTOR: u64 = 2;
const USUAL_MIN: u64 = 10;

/// Whether the baseline was steady.
pub fn holds(tally: &Tally, mix: &Mix) -> Result<(), String> {
    let troubles = tally.troubles();
    if troubles > 0 {
        return Err(format!(
            "{troubles} operations failed, are unknown or were dropped"
        ));
    }
    let ended = tally.ended_by_coordination();
    let share = mix.orchestration;
    for (coordination, used) in [(CHOREOGRAPHY, share < 1.0), (ORCHESTRATION, share > 0.0)] {
        if used && ended.get(coordination).copied().unwrap_or(0) == 0 {
            return Err(format!("no order ended in {coordination}"));
        }
    }
    Ok(())
}

/// How long it took until the first of the good seconds began; `None` when `within` was not enough.
pub async fn regained(tally: &Tally, usual: u64, within: Duration) -> Option<Duration> {
    let started = Instant::now();
    let bound = (usual * USUAL_FACTOR).max(USUAL_MIN);
    let mut before = Look::at(tally, started);
    let mut good_since = before;
    let mut good = 0;
    while started.elapsed() < within + LOOK_EVERY * GOOD_SECONDS {
        sleep(LOOK_EVERY).await;
        let now = Look::at(tally, Instant::now());
        if now.is_good_after(&before) && now.peak <= bound {
            if good == 0 {
                good_since = before;
            }
            good += 1;
        } else {
            good = 0;
        }
        before = now;
        // Silence is no recovery: somebody must have been served.
        if good >= GOOD_SECONDS && now.ended > good_since.ended {
            return Some(good_since.when - started);
        }
    }
    None
}

/// The counts at a time.
#[derive(Clone, Copy)]
struct Look {
    when: Instant,
    troubles: u64,
    ended: u64,
    in_flight: u64,
    /// Since the look before.
    peak: u64,
}

impl Look {
    fn at(tally: &Tally, when: Instant) -> Self {
        Self {
            when,
            troubles: tally.troubles(),
            ended: tally.ended.load(Relaxed),
            in_flight: tally.in_flight.load(Relaxed),
            peak: tally.take_peak(),
        }
    }

    /// No trouble came, and who waited was served.
    fn is_good_after(&self, before: &Self) -> bool {
        let is_stuck = before.in_flight > 0 && self.in_flight > 0 && self.ended == before.ended;
        self.troubles == before.troubles && !is_stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::history::Outcome;

    #[test]
    fn a_baseline_without_troubles_in_which_both_kinds_ended_is_steady() {
        let (tally, mix) = (Tally::default(), Mix::default());
        assert!(holds(&tally, &mix).is_err(), "nothing ended");
        tally.ended(CHOREOGRAPHY, &Outcome::confirmed(), 1);
        assert!(holds(&tally, &mix).is_err_and(|why| why.contains(ORCHESTRATION)));
        tally.ended(ORCHESTRATION, &Outcome::confirmed(), 1);
        assert_eq!(holds(&tally, &mix), Ok(()));
        tally.unknown.fetch_add(1, Relaxed);
        assert!(holds(&tally, &mix).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn recovery_is_the_time_until_the_first_good_second() {
        let tally = std::sync::Arc::new(Tally::default());
        (0..50).for_each(|_| tally.begun());
        let healing = std::sync::Arc::clone(&tally);
        tokio::spawn(async move {
            sleep(Duration::from_millis(4_500)).await;
            (0..50).for_each(|_| healing.over());
            loop {
                sleep(Duration::from_millis(500)).await;
                healing.ended(CHOREOGRAPHY, &Outcome::confirmed(), 1);
            }
        });
        // The second in which the backlog went still had its peak.
        assert_eq!(
            regained(&tally, 3, Duration::from_secs(60)).await,
            Some(Duration::from_secs(5))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_no_recovery() {
        let within = Duration::from_secs(20);
        let tally = Tally::default();
        assert_eq!(regained(&tally, 3, within).await, None, "nobody asks");
        (0..3).for_each(|_| tally.begun());
        assert_eq!(regained(&tally, 3, within).await, None, "nobody is served");
    }

    #[tokio::test(start_paused = true)]
    async fn a_backlog_that_stays_is_no_recovery() {
        let tally = Tally::default();
        (0..50).for_each(|_| tally.begun());
        assert_eq!(regained(&tally, 3, Duration::from_secs(20)).await, None);
    }
}
