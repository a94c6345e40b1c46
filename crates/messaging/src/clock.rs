//! Time as an argument.

use futures::future::{Either, select};
use std::{
    future::Future,
    pin::pin,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What the pipeline knows of time. A simulation brings its own.
pub trait Clock: Clone + Send + Sync + 'static {
    /// Unix time.
    fn now_ms(&self) -> i64;
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// The machine's clock and Tokio's timers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        // Before 1970 only with a broken clock; 0 makes that visible and panics nowhere.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.as_millis() as i64)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}

/// `work` within `limit`, or `None`. Work that is ready wins over a limit that has passed.
pub async fn within<C: Clock, F: Future>(clock: &C, limit: Duration, work: F) -> Option<F::Output> {
    match select(pin!(work), pin!(clock.sleep(limit))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(((), _)) => None,
    }
}
