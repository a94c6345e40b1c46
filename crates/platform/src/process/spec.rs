//! What to run, as data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use serde::Serialize;

use super::{Account, Probe};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A real server the services lean on: broker, database, Prometheus, trace store.
    Server,
    /// One instance of one of our own services.
    Service,
}

#[derive(Clone, Debug)]
pub struct ProcessSpec {
    /// Unique within a platform: `orders-1`, `rabbitmq`. Names the log file too.
    pub name: String,
    /// What it is an instance of: `orders`. A server is its own service.
    pub service: String,
    pub kind: Kind,
    pub program: PathBuf,
    pub args: Vec<String>,
    /// The whole environment but `PATH`: nothing is inherited, so a run does not depend on the caller's shell.
    pub env: BTreeMap<String, String>,
    pub working_dir: PathBuf,
    /// Another account to run as, where the program refuses root.
    pub run_as: Option<Account>,
    pub probe: Probe,
    /// What asks it to leave, and how long it may take before SIGKILL.
    pub stop_signal: Signal,
    pub stop_grace: Duration,
    /// What ends it at once when its data is not wanted any more.
    pub abandon_signal: Signal,
    /// Where Prometheus finds its metrics: `host:port` of `/metrics`.
    pub metrics_addr: Option<String>,
    /// How far it stands back, from 0 to 19, when all want to run.
    ///
    /// Everybody waits for the broker's confirms and the database's commits, and each of those is several hand-overs
    /// between threads: among sixteen services of equal right a confirm takes a quarter of a second, and the services
    /// make more and smaller batches meanwhile. Behind the servers they make few and large ones. The database stands
    /// between: its many backends would keep the broker's two threads waiting.
    pub niceness: u8,
}

impl ProcessSpec {
    pub fn new(
        name: impl Into<String>,
        kind: Kind,
        program: impl Into<PathBuf>,
        working_dir: impl Into<PathBuf>,
    ) -> Self {
        let name = name.into();
        Self {
            service: name.clone(),
            name,
            kind,
            program: program.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            working_dir: working_dir.into(),
            run_as: None,
            probe: Probe::None,
            stop_signal: Signal::TERM,
            // Services drain within 5 s of their own; one that has not by twice that will not.
            stop_grace: Duration::from_secs(10),
            abandon_signal: Signal::KILL,
            metrics_addr: None,
            niceness: match kind {
                Kind::Server => 0,
                Kind::Service => 15,
            },
        }
    }

    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub fn env(mut self, key: &str, value: impl Into<String>) -> Self {
        self.env.insert(key.to_owned(), value.into());
        self
    }
}
