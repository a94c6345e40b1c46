//! The set of processes, by name.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::launch::launch;
use super::log::Log;
use super::nursery::Nursery;
use super::status::{Action, ActionError, Receipt, State, Status};
use super::tend::{Order, Tender};
use super::{Kind, ProcessSpec};

/// Orders are carried out as fast as they come; more than a handful waiting is a caller gone wild.
const ORDERS_WAITING: usize = 16;

pub struct Supervisor {
    nursery: Nursery,
    run_dir: PathBuf,
    logs: PathBuf,
    http: reqwest::Client,
    processes: Mutex<BTreeMap<String, Tended>>,
}

struct Tended {
    spec: Arc<ProcessSpec>,
    orders: mpsc::Sender<Order>,
    status: watch::Receiver<Status>,
}

#[derive(Debug, thiserror::Error)]
#[error("{name} is not ready{why}; its log is {log}\n{tail}")]
pub struct NotReady {
    pub name: String,
    pub why: String,
    pub log: String,
    pub tail: String,
}

impl Supervisor {
    /// `run_dir` marks its children; their logs go to `logs`, which must exist.
    pub fn open(run_dir: &Path, logs: &Path) -> io::Result<Supervisor> {
        Ok(Supervisor {
            nursery: Nursery::new()?,
            run_dir: run_dir.to_owned(),
            logs: logs.to_owned(),
            // A proxy of the user's shell has no business between us and loopback.
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .map_err(io::Error::other)?,
            processes: Mutex::default(),
        })
    }

    /// Takes a process into care. One of the same name is left as it is.
    pub fn start(&self, spec: ProcessSpec) {
        let mut processes = self.processes();
        if processes.contains_key(&spec.name) {
            return;
        }
        let (orders, received) = mpsc::channel(ORDERS_WAITING);
        let (status, seen) = watch::channel(Status {
            name: spec.name.clone(),
            service: spec.service.clone(),
            kind: spec.kind,
            pid: None,
            state: State::Restarting,
            restarts: 0,
            ready: false,
            started_at_ms: 0,
            last_exit: None,
            hopeless: false,
        });
        let spec = Arc::new(spec);
        let tender = Tender {
            spec: spec.clone(),
            run_dir: self.run_dir.clone(),
            log: Log::of(&self.logs, &spec.name),
            http: self.http.clone(),
            status: Arc::new(status),
            orders: received,
        };
        self.nursery.spawn(|life| tender.tend(life));
        processes.insert(
            spec.name.clone(),
            Tended {
                spec,
                orders,
                status: seen,
            },
        );
    }

    /// Runs something that ends by itself, on the same terms.
    pub async fn run(&self, spec: ProcessSpec) -> io::Result<ExitStatus> {
        let (run_dir, log) = (self.run_dir.clone(), Log::of(&self.logs, &spec.name));
        let running = self.nursery.spawn(|mut life| async move {
            let mut child = launch(&spec, &run_dir, &log)?;
            tokio::select! {
                exit = child.wait() => exit,
                // Dropping the child kills it.
                () = life.ends() => Err(io::Error::from(io::ErrorKind::Interrupted)),
            }
        });
        running.await.map_err(io::Error::other)?
    }

    pub fn log(&self, name: &str) -> Log {
        Log::of(&self.logs, name)
    }

    /// Kills everything and returns when it is gone.
    pub fn close(&self) {
        self.nursery.close();
    }

    /// In order of name.
    pub fn list(&self) -> Vec<Status> {
        let processes = self.processes();
        processes
            .values()
            .map(|tended| tended.status.borrow().clone())
            .collect()
    }

    pub fn specs(&self) -> Vec<Arc<ProcessSpec>> {
        let processes = self.processes();
        processes
            .values()
            .map(|tended| tended.spec.clone())
            .collect()
    }

    pub async fn act(&self, name: &str, action: Action) -> Result<Receipt, ActionError> {
        let unknown = || ActionError::Unknown(name.to_owned());
        let orders = self.orders_of(name).ok_or_else(unknown)?;
        let (reply, done) = oneshot::channel();
        orders
            .send(Order::Act(action, reply))
            .await
            .map_err(|_| unknown())?;
        done.await.map_err(|_| unknown())?
    }

    /// Ends these processes together, each within `grace` or its own, whichever is shorter, and forgets them.
    pub async fn remove(&self, names: &[String], grace: Duration) {
        let mut leaving = JoinSet::new();
        for name in names {
            let Some(tended) = self.processes().remove(name) else {
                continue;
            };
            let grace = grace.min(tended.spec.stop_grace);
            leaving.spawn(async move {
                let (left, gone) = oneshot::channel();
                if tended
                    .orders
                    .send(Order::Leave { grace, left })
                    .await
                    .is_ok()
                {
                    let _ = gone.await;
                }
            });
        }
        while leaving.join_next().await.is_some() {}
    }

    /// Services first, so that they can still say good-bye to the servers. Servers end at once, their data is not kept.
    pub async fn stop(&self, grace: Duration) {
        for (kind, grace) in [(Kind::Service, grace), (Kind::Server, Duration::ZERO)] {
            let names: Vec<String> = self
                .specs()
                .iter()
                .filter(|spec| spec.kind == kind)
                .map(|spec| spec.name.clone())
                .collect();
            self.remove(&names, grace).await;
        }
    }

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
            let Some(mut status) = self.processes().get(name).map(|it| it.status.clone()) else {
                continue;
            };
            let log = Log::of(&self.logs, name);
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
        let Some(mut status) = self.processes().get(name).map(|it| it.status.clone()) else {
            return false;
        };
        let seen = tokio::time::timeout(patience, status.wait_for(wish)).await;
        seen.is_ok_and(|seen| seen.is_ok())
    }

    fn orders_of(&self, name: &str) -> Option<mpsc::Sender<Order>> {
        Some(self.processes().get(name)?.orders.clone())
    }

    /// The map is consistent between any two statements, so a panic elsewhere spoils nothing.
    fn processes(&self) -> MutexGuard<'_, BTreeMap<String, Tended>> {
        self.processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
