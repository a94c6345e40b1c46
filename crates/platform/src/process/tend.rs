//! The lives of one process, one after the other: start, tend, notice its death, wait, start again.
//!
//! ```text
//!   launch ──► running ──── death ───► restarting ──(backoff)──► launch
//!                 │  ▲                      │
//!               pause resume              leave ──► stopped
//! ```

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep};

use super::ProcessSpec;
use super::backoff::Backoff;
use super::launch::launch;
use super::life::Ended;
use super::log::Log;
use super::nursery::Lease;
use super::status::{Action, ActionError, Receipt, State, Status};

pub enum Order {
    Act(Action, oneshot::Sender<Result<Receipt, ActionError>>),
    /// End for good: asked first, killed after `grace`.
    Leave {
        grace: Duration,
        left: oneshot::Sender<()>,
    },
}

pub struct Tender {
    pub spec: Arc<ProcessSpec>,
    pub run_dir: PathBuf,
    pub log: Log,
    pub http: reqwest::Client,
    pub status: Arc<watch::Sender<Status>>,
    pub orders: mpsc::Receiver<Order>,
}

enum Pause {
    Over,
    Left(oneshot::Sender<()>),
    Abandoned,
}

impl Tender {
    pub async fn tend(mut self, mut lease: Lease) {
        let mut backoff = Backoff::default();
        loop {
            let started = Instant::now();
            let ended = match launch(&self.spec, &self.run_dir, &self.log) {
                Ok(child) => self.watch(child, &mut lease).await,
                Err(error) => {
                    self.died(format!("could not be started: {error}"), false);
                    Ended::Died {
                        start_at_once: false,
                    }
                }
            };
            let left = match ended {
                Ended::Died {
                    start_at_once: true,
                } => continue,
                Ended::Died {
                    start_at_once: false,
                } => {
                    let delay = backoff.after(started.elapsed(), rand::random());
                    match self.pause(delay, &mut lease).await {
                        Pause::Over => continue,
                        Pause::Left(left) => Some(left),
                        Pause::Abandoned => None,
                    }
                }
                Ended::Left(left) => Some(left),
                Ended::Abandoned => None,
            };
            self.status.send_modify(|status| {
                status.state = State::Stopped;
                status.pid = None;
                status.ready = false;
            });
            if let Some(left) = left {
                let _ = left.send(());
            }
            return;
        }
    }

    /// Sits out the backoff, still answering.
    async fn pause(&mut self, delay: Duration, lease: &mut Lease) -> Pause {
        let mut over = pin!(sleep(delay));
        loop {
            tokio::select! {
                () = &mut over => return Pause::Over,
                () = lease.ends() => return Pause::Abandoned,
                order = self.orders.recv() => match order {
                    Some(Order::Act(_, reply)) => {
                        let _ = reply.send(Err(ActionError::NotRunning {
                            name: self.spec.name.clone(),
                            state: State::Restarting.label(),
                        }));
                    }
                    Some(Order::Leave { left, .. }) => return Pause::Left(left),
                    None => return Pause::Abandoned,
                },
            }
        }
    }
}
