//! Waiting for processes to become what they should.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use super::status::Status;
use super::supervisor::Supervisor;

#[derive(Debug, thiserror::Error)]
#[error("{name} is not ready{why}; its log is {log}\n{tail}")]
pub struct NotReady {
    pub name: String,
    pub why: String,
    pub log: String,
    pub tail: String,
}

impl Supervisor {
    /// Waits until all `names` are ready, telling each as it comes.
    pub async fn ready(
        &self,
        names: &[String],
        patience: Duration,
        mut came: impl FnMut(&str),
    ) -> Result<(), NotReady> {
        let deadline = Instant::now() + patience;
        let mut waiting = JoinSet::new();
        for name in names {
            let Some(mut status) = self.watch(name) else {
                continue;
            };
            let log = self.log(name);
            waiting.spawn(async move {
                let seen = timeout_at(
                    deadline,
                    status.wait_for(|status| status.ready || status.hopeless),
                )
                .await
                .map(|seen| seen.is_ok_and(|status| status.ready));
                let status = status.borrow().clone();
                match seen {
                    Ok(true) => Ok(status.name),
                    outcome => Err(NotReady {
                        why: why(&status, outcome.is_err().then_some(patience)),
                        name: status.name,
                        log: log.path().display().to_string(),
                        tail: log.tail(TAIL_LINES),
                    }),
                }
            });
        }
        while let Some(joined) = waiting.join_next().await {
            match joined {
                Ok(outcome) => came(&outcome?),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
        Ok(())
    }

    /// Waits until `name` is as wished; false when it is not in time.
    pub async fn until(
        &self,
        name: &str,
        patience: Duration,
        wish: impl FnMut(&Status) -> bool,
    ) -> bool {
        let Some(mut status) = self.watch(name) else {
            return false;
        };
        let seen = timeout(patience, status.wait_for(wish)).await;
        seen.is_ok_and(|seen| seen.is_ok())
    }
}

/// As much as a screen shows beside the rest.
const TAIL_LINES: usize = 15;

fn why(status: &Status, waited: Option<Duration>) -> String {
    let mut why = String::new();
    if let Some(exit) = &status.last_exit {
        why += &format!(": it {exit} ({} starts)", status.restarts);
    }
    if let Some(waited) = waited {
        why += &format!(" after {} s", waited.as_secs());
    }
    why
}
