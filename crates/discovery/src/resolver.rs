//! The instances of one service, watched in the background.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use crate::backoff::Backoff;
use crate::{Backend, Endpoint, Known};

/// After a failure, how long an answer without instances is not believed: a registry that restarted knows nobody
/// until they renew, which takes them a renewal interval (1.5 s) and a retry.
const DISBELIEF: Duration = Duration::from_secs(5);

/// How soon an answer that was not believed is asked for again.
const DISBELIEF_INTERVAL: Duration = Duration::from_millis(250);

/// A service's instances: a snapshot that costs one lock and one reference count.
#[derive(Debug)]
pub struct Resolver {
    known: watch::Receiver<Option<Arc<[Endpoint]>>>,
    watcher: AbortHandle,
}

impl Resolver {
    /// Begins to watch `service`. The watch ends when the resolver is dropped.
    pub fn start(backend: impl Backend, service: &str) -> Self {
        let (publish, known) = watch::channel(None);
        let watcher = Watcher {
            backend,
            service: service.to_owned(),
            publish,
            last_failure: None,
        };
        Self {
            known,
            watcher: tokio::spawn(watcher.run()).abort_handle(),
        }
    }

    /// The instances as last heard of; empty before the first answer.
    pub fn endpoints(&self) -> Arc<[Endpoint]> {
        self.known.borrow().clone().unwrap_or_default()
    }

    /// Waits for the first answer, whatever it is.
    pub async fn answered(&self) {
        // It fails only when the watcher is gone, and then there is nothing to wait for.
        let _ = self.known.clone().wait_for(Option::is_some).await;
    }

    /// Waits until the instances are as `expected` wants them.
    pub async fn wait_for(&self, mut expected: impl FnMut(&[Endpoint]) -> bool) {
        let mut known = self.known.clone();
        let _ = known
            .wait_for(|known| expected(known.as_deref().unwrap_or_default()))
            .await;
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

struct Watcher<B> {
    backend: B,
    service: String,
    publish: watch::Sender<Option<Arc<[Endpoint]>>>,
    last_failure: Option<Instant>,
}

impl<B: Backend> Watcher<B> {
    async fn run(mut self) {
        let mut backoff = Backoff::new();
        let mut seen = None;
        loop {
            match self.backend.watch(&self.service, seen).await {
                Ok(known) if self.is_believable(&known) => {
                    backoff.reset();
                    seen = Some(known.version);
                    self.publish(known.endpoints);
                }
                Ok(_) => {
                    seen = None;
                    sleep(DISBELIEF_INTERVAL).await;
                }
                Err(error) => {
                    tracing::warn!(service = self.service, %error, "the last known instances stay known");
                    // Versions of before a restart mean nothing after it.
                    seen = None;
                    self.last_failure = Some(Instant::now());
                    sleep(backoff.next()).await;
                }
            }
        }
    }

    fn is_believable(&self, known: &Known) -> bool {
        let somebody_was_known = self
            .publish
            .borrow()
            .as_ref()
            .is_some_and(|known| !known.is_empty());
        let failed_just_now = self
            .last_failure
            .is_some_and(|failure| failure.elapsed() < DISBELIEF);
        !(known.endpoints.is_empty() && somebody_was_known && failed_just_now)
    }

    fn publish(&self, endpoints: Vec<Endpoint>) {
        self.publish.send_if_modified(|known| {
            if known.as_deref() == Some(&endpoints) {
                return false;
            }
            let instances: Vec<&str> = endpoints
                .iter()
                .map(|endpoint| endpoint.instance.as_str())
                .collect();
            tracing::info!(service = self.service, ?instances, "instances changed");
            *known = Some(endpoints.into());
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::future::pending;
    use std::sync::Mutex;
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::Resolver;
    use crate::{Backend, BackendError, Endpoint, Instance, Known, Renewal};

    /// Answers as scripted, then holds for ever.
    struct Script(Mutex<VecDeque<Result<Known, BackendError>>>);

    impl Backend for Script {
        async fn watch(&self, _: &str, _: Option<u64>) -> Result<Known, BackendError> {
            // The clock is paused: it goes on when everybody has seen the answer before.
            sleep(Duration::from_millis(1)).await;
            let next = self.0.lock().expect("not poisoned").pop_front();
            match next {
                Some(answer) => answer,
                None => pending().await,
            }
        }

        async fn register(&self, _: &Instance) -> Result<(), BackendError> {
            Ok(())
        }

        async fn renew(&self, _: &Instance) -> Result<Renewal, BackendError> {
            Ok(Renewal::Renewed)
        }

        async fn deregister(&self, _: &Instance) -> Result<(), BackendError> {
            Ok(())
        }
    }

    fn known(instances: &[&str]) -> Result<Known, BackendError> {
        let endpoints = instances.iter().map(|&instance| Endpoint {
            instance: instance.to_owned(),
            addr: "127.0.0.1:1".parse().expect("an address"),
        });
        Ok(Known {
            endpoints: endpoints.collect(),
            version: 1,
        })
    }

    fn away() -> Result<Known, BackendError> {
        Err(BackendError::Unreachable(
            "registry".to_owned(),
            "refused".to_owned(),
        ))
    }

    /// Plays the script and returns each set of instances that was published.
    async fn published(script: Vec<Result<Known, BackendError>>, count: usize) -> Vec<Vec<String>> {
        let resolver = Resolver::start(Script(Mutex::new(script.into())), "orders");
        let mut known = resolver.known.clone();
        let mut sets = Vec::new();
        while sets.len() < count {
            let changed = timeout(Duration::from_secs(60), known.changed()).await;
            changed
                .expect("a change in time")
                .expect("the watcher lives");
            let set = known.borrow_and_update().clone().unwrap_or_default();
            sets.push(
                set.iter()
                    .map(|endpoint| endpoint.instance.clone())
                    .collect(),
            );
        }
        sets
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_known_instances_survive_a_registry_that_is_away_and_comes_back_empty() {
        let script = vec![
            known(&["orders-1", "orders-2"]),
            away(),
            away(),
            known(&[]),
            known(&[]),
            known(&["orders-2"]),
        ];
        let sets = published(script, 2).await;
        assert_eq!(sets, [vec!["orders-1", "orders-2"], vec!["orders-2"]]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_answer_of_a_healthy_registry_is_believed() {
        let sets = published(vec![known(&["orders-1"]), known(&[])], 2).await;
        assert_eq!(sets, [vec!["orders-1".to_owned()], vec![]]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_answer_is_believed_in_the_end() {
        let mut script = vec![known(&["orders-1"]), away()];
        script.extend((0..100).map(|_| known(&[])));
        let sets = published(script, 2).await;
        assert_eq!(sets, [vec!["orders-1".to_owned()], vec![]]);
    }
}
