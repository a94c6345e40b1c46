//! The real servers, each as a description of a process and what must be set up in it.

mod databases;
mod definitions;
mod epmd;
mod jaeger;
mod postgres;
mod prometheus;
mod rabbitmq;
mod test_servers;
mod traces;

pub use databases::{DatabaseRole, VERIFIER, set_up_databases};
pub use definitions::{BrokerUser, Permission};
pub use epmd::epmd;
pub use postgres::{Durability, Postgres, installed as postgres_installed};
pub use prometheus::{Prometheus, write_targets};
pub use rabbitmq::{RabbitMq, installed as rabbitmq_installed};
pub use test_servers::TestServers;
pub use traces::{TraceStore, Tracing};

use std::io;
use std::path::{Path, PathBuf};

use crate::process::NotReady;

#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("{what}: {error}")]
    Io { what: String, error: io::Error },
    #[error("{0} is not installed: run `platform up` once, or: apt-get install {1}")]
    Missing(&'static str, &'static str),
    #[error("initdb failed:\n{0}")]
    Initdb(String),
    #[error("{what}: {error}")]
    Sql { what: String, error: sqlx::Error },
    #[error(transparent)]
    NotReady(#[from] NotReady),
}

impl ServerError {
    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> ServerError {
        let what = what.into();
        move |error| ServerError::Io { what, error }
    }
}

/// An executable by name, in the folders where the distribution puts servers.
pub fn on_path(name: &str) -> Option<PathBuf> {
    [
        "/usr/local/sbin",
        "/usr/local/bin",
        "/usr/sbin",
        "/usr/bin",
        "/sbin",
        "/bin",
    ]
    .iter()
    .map(|folder| Path::new(folder).join(name))
    .find(|path| path.is_file())
}
