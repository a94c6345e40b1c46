//! When the experiment that runs was last heard of. Apart from its faults: one may take a minute to begin or to end,
//! and its harness lives all the while.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

#[derive(Default)]
pub struct Pulse(Mutex<Option<Beat>>);

struct Beat {
    experiment: u64,
    term: Duration,
    until: Instant,
}

impl Pulse {
    pub fn begin(&self, experiment: u64, term: Duration) {
        *self.locked() = Some(Beat {
            experiment,
            term,
            until: Instant::now() + term,
        });
    }

    /// Whether it still runs.
    pub fn beat(&self, experiment: u64) -> bool {
        let mut beat = self.locked();
        let found = beat.as_mut().filter(|beat| beat.experiment == experiment);
        let is_running = found.is_some();
        if let Some(beat) = found {
            beat.until = Instant::now() + beat.term;
        }
        is_running
    }

    /// Its end, unless it is heard of before; nothing, if it is over.
    pub fn until(&self, experiment: u64) -> Option<Instant> {
        let beat = self.locked();
        let found = beat.as_ref().filter(|beat| beat.experiment == experiment)?;
        Some(found.until)
    }

    pub fn end(&self) {
        *self.locked() = None;
    }

    fn locked(&self) -> MutexGuard<'_, Option<Beat>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
