//! Waiting for conditions, never for time.

use messaging::Clock;
use std::{future::Future, time::Duration};
use tokio::time::Instant;

/// Far beyond what anything here takes on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until the answer is there.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until a condition holds.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    eventually(what, async || holds().then_some(())).await;
}

/// The runtime's clock: with paused time, waiting is free and its order is exact.
#[derive(Clone)]
pub struct RuntimeClock(Instant);

impl RuntimeClock {
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for RuntimeClock {
    fn now_ms(&self) -> i64 {
        1_790_000_000_000 + self.0.elapsed().as_millis() as i64
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}
