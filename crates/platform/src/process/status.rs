//! What is known about a process, and what can be done to it.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::process::Signal;
use serde::Serialize;

use super::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Running,
    Paused,
    /// Dead, and waiting for its turn to be started again.
    Restarting,
    Stopped,
}

#[derive(Clone, Debug, Serialize)]
pub struct Status {
    pub name: String,
    pub service: String,
    pub kind: Kind,
    pub pid: Option<u32>,
    pub state: State,
    pub restarts: u64,
    pub ready: bool,
    pub started_at_ms: u64,
    /// Of a service: where operators ask it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_addr: Option<String>,
    /// How the previous life ended, in words: `exited with 78`, `killed by signal 9`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_exit: Option<String>,
    /// It ended in a way that another start cannot mend: a configuration mistake, a program that is not there.
    #[serde(skip)]
    pub hopeless: bool,
}

/// What the outside may do to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// SIGKILL: it dies between two instructions and is started again after a backoff.
    Kill,
    /// Asked to leave: it drains, ends, and is started again like a pod would be.
    Terminate,
    /// SIGSTOP, to it and its descendants.
    Pause,
    Resume,
    /// Asked to leave, then started again at once.
    Restart,
    /// What it writes to may not grow (see [`super::file_size`]), until [`Action::FreeDisk`] or its end.
    FillDisk,
    FreeDisk,
}

impl Action {
    pub fn label(self) -> &'static str {
        match self {
            Action::Kill => "kill",
            Action::Terminate => "terminate",
            Action::Pause => "pause",
            Action::Resume => "resume",
            Action::Restart => "restart",
            Action::FillDisk => "fill-disk",
            Action::FreeDisk => "free-disk",
        }
    }

    pub fn named(label: &str) -> Option<Action> {
        [
            Action::Kill,
            Action::Terminate,
            Action::Pause,
            Action::Resume,
            Action::Restart,
            Action::FillDisk,
            Action::FreeDisk,
        ]
        .into_iter()
        .find(|action| action.label() == label)
    }

    /// `stop` is what asks this process to leave: PostgreSQL means something else by SIGTERM than everybody else.
    /// `None`: it is nothing that is signalled.
    pub fn signal(self, stop: Signal) -> Option<Signal> {
        match self {
            Action::Kill => Some(Signal::KILL),
            Action::Terminate | Action::Restart => Some(stop),
            Action::Pause => Some(Signal::STOP),
            Action::Resume => Some(Signal::CONT),
            Action::FillDisk | Action::FreeDisk => None,
        }
    }
}

/// Proof that something was done to a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    pub name: String,
    pub pid: u32,
    /// `SIGKILL`; of what is no signal, the action's name.
    pub signal: String,
    /// Taken just before the signal was sent.
    pub at_ms: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    #[error("there is no process named {0}")]
    Unknown(String),
    #[error("{name} is {state}, there is nothing to signal; try again when it runs")]
    NotRunning { name: String, state: &'static str },
    #[error("{name} could not be signalled: {error}")]
    Refused { name: String, error: std::io::Error },
}

impl State {
    pub fn label(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Paused => "paused",
            State::Restarting => "restarting",
            State::Stopped => "stopped",
        }
    }
}

pub(crate) fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as u64)
}
