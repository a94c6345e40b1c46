//! What a run tells about itself: `endpoints.json` for everybody, `secrets.json` for its owner.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use crate::run_dir::{RunDir, write_whole};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    pub gateway: Vec<String>,
    pub prometheus: String,
    /// Jaeger's query API; none when the platform runs without tracing.
    pub traces: Option<String>,
    pub rabbitmq_management: String,
    pub control: String,
    /// The chaos agent; none where the platform runs without one.
    pub chaos: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    pub control_token: String,
    pub chaos_token: Option<String>,
    /// By database, as a role that may read all of them.
    pub databases: BTreeMap<String, String>,
    /// As a user who may read the log and the dead letters.
    pub amqp: String,
    pub amqp_management: Credentials,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub user: String,
    pub password: String,
}

impl Endpoints {
    pub fn read(run_dir: &RunDir) -> io::Result<Endpoints> {
        read(&run_dir.endpoints())
    }

    pub fn write(&self, run_dir: &RunDir) -> io::Result<()> {
        write_whole(&run_dir.endpoints(), &pretty(self)?, 0o644)
    }
}

impl Secrets {
    pub fn read(run_dir: &RunDir) -> io::Result<Secrets> {
        read(&run_dir.secrets())
    }

    pub fn write(&self, run_dir: &RunDir) -> io::Result<()> {
        write_whole(&run_dir.secrets(), &pretty(self)?, 0o600)
    }
}

fn read<T: serde::de::DeserializeOwned>(path: &std::path::Path) -> io::Result<T> {
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

fn pretty(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}
