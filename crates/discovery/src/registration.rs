//! Keeping an instance registered for as long as it takes work.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::backoff::Backoff;
use crate::{Backend, Discovery, Instance, Renewal};

/// Three renewals within the time to live of five seconds.
const RENEWAL_INTERVAL: Duration = Duration::from_millis(1500);

/// A drain does not wait for a registry that is away: the time to live ends the registration as well.
const DEREGISTER_LIMIT: Duration = Duration::from_secs(1);

/// One instance and where it is announced.
#[derive(Debug)]
pub struct Registration<B = Discovery> {
    backend: B,
    instance: Instance,
}

impl<B: Backend> Registration<B> {
    pub fn new(backend: B, instance: Instance) -> Self {
        Self { backend, instance }
    }

    /// Registers and renews until `until` ends, registers again whenever the back-end has forgotten, and
    /// deregisters at the end. It never gives up: a service works without being found.
    pub async fn hold(self, until: impl Future<Output = ()>) {
        tokio::select! {
            () = until => {}
            () = self.announce() => {}
        }
        match timeout(DEREGISTER_LIMIT, self.backend.deregister(&self.instance)).await {
            Ok(Ok(())) => tracing::info!(instance = self.instance.id, "deregistered"),
            Ok(Err(error)) => {
                tracing::warn!(%error, "not deregistered; the registration will expire")
            }
            Err(_) => tracing::warn!("not deregistered in time; the registration will expire"),
        }
    }

    async fn announce(&self) {
        let mut backoff = Backoff::new();
        let mut registered = false;
        loop {
            let outcome = if registered {
                self.backend.renew(&self.instance).await
            } else {
                let outcome = self.backend.register(&self.instance).await;
                outcome.map(|()| Renewal::Renewed)
            };
            let wait = match outcome {
                Ok(Renewal::Renewed) => {
                    if !registered {
                        tracing::info!(instance = self.instance.id, addr = %self.instance.addr, "registered");
                    }
                    registered = true;
                    backoff.reset();
                    RENEWAL_INTERVAL
                }
                Ok(Renewal::Forgotten) => {
                    tracing::info!(
                        instance = self.instance.id,
                        "the registry has forgotten this instance"
                    );
                    registered = false;
                    continue;
                }
                Err(error) => {
                    tracing::warn!(%error, "not registered or renewed; trying again");
                    backoff.next()
                }
            };
            sleep(wait).await;
        }
    }
}
