//! The one signal by which everything in a process learns that it has to end.

use std::process::exit;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// What a shell reports for a process that a second Ctrl-C ended.
const EXIT_INTERRUPTED: i32 = 130;

/// Asked for once, seen by everybody, never taken back.
#[derive(Clone, Debug)]
pub struct Shutdown {
    requested: watch::Sender<bool>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl Shutdown {
    /// A shutdown that only [`request`](Self::request) triggers.
    pub fn new() -> Self {
        Self {
            requested: watch::Sender::new(false),
        }
    }

    /// A shutdown that SIGTERM and SIGINT trigger. The second signal ends the process at once: whoever sends it
    /// does not want to wait for the drain.
    pub(crate) fn on_signals() -> std::io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        let shutdown = Self::new();
        tokio::spawn(shutdown.clone().follow(terminate, interrupt));
        Ok(shutdown)
    }

    async fn follow(self, mut terminate: Signal, mut interrupt: Signal) {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if self.is_requested() {
                exit(EXIT_INTERRUPTED);
            }
            tracing::info!("draining; a second signal ends the process at once");
            self.request();
        }
    }

    pub fn request(&self) {
        self.requested.send_replace(true);
    }

    pub fn is_requested(&self) -> bool {
        *self.requested.borrow()
    }

    /// Waits until shutdown is asked for; at once when it was already.
    pub async fn requested(&self) {
        let mut requested = self.requested.subscribe();
        // It fails only when the sender is gone, and `self` is one.
        let _ = requested.wait_for(|requested| *requested).await;
    }
}

#[cfg(test)]
mod tests {
    use super::Shutdown;

    #[tokio::test]
    async fn everybody_hears_of_it_whenever_they_ask() {
        let shutdown = Shutdown::new();
        let early = tokio::spawn({
            let shutdown = shutdown.clone();
            async move { shutdown.requested().await }
        });
        assert!(!shutdown.is_requested());
        shutdown.request();
        early.await.expect("the early listener ends");
        shutdown.requested().await;
        assert!(shutdown.is_requested());
    }
}
