//! Where faults are injected.

mod local;

use std::fmt;
use std::future::Future;

use serde::Deserialize;

pub use local::{Local, Secrets};

/// What a target can do. A fault that needs more is refused before anything is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// Stop a process without warning.
    Kill,
}

/// One process (or pod) of the system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Process {
    pub name: String,
    pub service: String,
    pub kind: Kind,
    /// `None` while it is not running.
    pub pid: Option<u32>,
    #[serde(default)]
    pub ready: bool,
    #[serde(default)]
    pub restarts: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One of the product's own.
    Service,
    /// A broker, a database, a metrics store.
    Server,
}

/// The target's word that a process was killed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Killed {
    pub name: String,
    pub pid: u32,
    pub signal: String,
    pub at_ms: u64,
}

pub trait Target: Send + Sync {
    fn capabilities(&self) -> &'static [Capability];

    fn processes(&self) -> impl Future<Output = Result<Vec<Process>, TargetError>> + Send;

    fn kill(&self, name: &str) -> impl Future<Output = Result<Killed, TargetError>> + Send;

    /// Whether no process of this id exists any more, as far as the target can see for itself.
    fn is_gone(&self, pid: u32) -> bool;
}

/// Why a target could not be asked, or would not do it.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    #[error("cannot read {path}: {source}. Start the platform first, or name the file")]
    File {
        path: String,
        source: std::io::Error,
    },
    #[error("{path} is not what the platform writes: {source}")]
    Format {
        path: String,
        source: serde_json::Error,
    },
    #[error("the control API at {url} did not answer: {source}. Is the platform running?")]
    Unreachable { url: String, source: reqwest::Error },
    #[error("the control API refused {request}: {status} {body}")]
    Refused {
        request: String,
        status: u16,
        body: String,
    },
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Capability::Kill => "kill",
        })
    }
}
