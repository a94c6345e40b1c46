//! The set of processes, by name.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

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
            admin_addr: spec.env.get("ADMIN_ADDR").cloned(),
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
        self.nursery.spawn(|lease| tender.tend(lease));
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
        let running = self.nursery.spawn(|mut lease| async move {
            let mut child = launch(&spec, &run_dir, &log)?;
            tokio::select! {
                exit = child.wait() => exit,
                // Dropping the child kills it.
                () = lease.ends() => Err(io::Error::from(io::ErrorKind::Interrupted)),
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

    /// To wait for what `name` becomes.
    pub(super) fn watch(&self, name: &str) -> Option<watch::Receiver<Status>> {
        Some(self.processes().get(name)?.status.clone())
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
