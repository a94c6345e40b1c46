//! A clock that is looked at all the time: one that steps and is set right again shows nothing to who looks twice.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::steps::Steps;

/// Between two looks a clock is slewed by half a millisecond, which nobody takes for a step.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A clock that steps all the time is told so often in a phase; that there was more is all that is said of the rest.
const TOLD_MAX: usize = 8;

/// Dropped, nobody looks any more.
pub struct Watched {
    seen: Arc<Mutex<Seen>>,
    looking: JoinHandle<()>,
}

struct Seen {
    steps: Steps,
    doubts: Vec<String>,
}

impl Watched {
    /// From now on, in whatever phase it is.
    pub fn start(steps: Steps, phase: watch::Receiver<&'static str>) -> Self {
        let doubts = Vec::new();
        let seen = Arc::new(Mutex::new(Seen { steps, doubts }));
        let looking = tokio::spawn(look(Arc::clone(&seen), phase));
        Self { seen, looking }
    }

    /// Why times of the phase that ends now are not to be trusted.
    pub fn doubts(&self, phase: &str) -> Vec<String> {
        let mut seen = lock(&self.seen);
        seen.look(phase);
        std::mem::take(&mut seen.doubts)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

async fn look(seen: Arc<Mutex<Seen>>, phase: watch::Receiver<&'static str>) {
    let mut tick = interval(LOOK_EVERY);
    // After a pause one look says as much as those that were missed.
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let during = *phase.borrow();
        lock(&seen).look(during);
    }
}

impl Seen {
    fn look(&mut self, during: &str) {
        let Some(doubt) = self.steps.doubt(during) else {
            return;
        };
        match self.doubts.len() {
            ..TOLD_MAX => self.doubts.push(doubt),
            TOLD_MAX => self
                .doubts
                .push(format!("it stepped again and again during {during}")),
            _ => {}
        }
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::clock::steps::Look;

    const HOUR_US: i64 = 3_600_000_000;

    /// A clock that is off by so much at each look, a second after the one before, and by the last of it ever after.
    fn off_by(each_us: Vec<i64>) -> Steps {
        let (zero, mut nth) = (Instant::now(), 0);
        let start_us = 1_000 * HOUR_US.unsigned_abs();
        Steps::of(move || {
            let off_us = each_us.get(nth).or(each_us.last());
            let since = Duration::from_secs(nth as u64);
            nth += 1;
            let wall_us = start_us + u64::try_from(since.as_micros()).expect("a few seconds");
            Look {
                wall_us: wall_us.saturating_add_signed(*off_us.expect("one look")),
                steady: zero + since,
            }
        })
    }

    async fn doubts_after(looks: u32, each_us: Vec<i64>) -> Vec<String> {
        let phase = watch::Sender::new("inject");
        let watched = Watched::start(off_by(each_us), phase.subscribe());
        tokio::time::sleep(LOOK_EVERY * looks).await;
        watched.doubts("inject")
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_steps_and_is_set_right_within_a_phase_is_doubted() {
        let doubts = doubts_after(9, vec![0, 0, HOUR_US, HOUR_US, 0]).await;
        let told = doubts.join("\n");
        assert!(told.contains("+3600.000 s during inject"), "{told}");
        assert!(told.contains("-3600.000 s during inject"), "{told}");
        assert_eq!(doubts.len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_step_in_a_long_phase_is_doubted_and_a_slewed_clock_is_not() {
        // A second is less than what two hours of slewing come to.
        let stepped = doubts_after(7_200, vec![0, 0, 1_000_000]).await;
        assert_eq!(stepped.len(), 1, "{stepped:?}");
        let slewed = doubts_after(7_200, (0..7_201).map(|nth| nth * 500).collect()).await;
        assert_eq!(slewed, [""; 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_steps_all_the_time_is_told_so_and_fills_nothing() {
        let doubts = doubts_after(100, (0..101).map(|nth| nth * HOUR_US).collect()).await;
        assert_eq!(doubts.len(), TOLD_MAX + 1);
        assert_eq!(doubts[TOLD_MAX], "it stepped again and again during inject");
    }
}
