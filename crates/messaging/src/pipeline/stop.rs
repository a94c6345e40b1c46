//! The request to drain.

use tokio::sync::watch;

/// Held by every task of a service.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(crate) fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Resolves when draining was requested, or when whoever could request it is gone.
    pub(crate) async fn requested(&self) {
        let _ = self.0.clone().wait_for(|requested| *requested).await;
    }

    /// `None`: draining was requested first.
    pub(crate) async fn or<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.requested() => None,
            output = work => Some(output),
        }
    }
}
