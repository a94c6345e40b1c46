//! Where everything is, as the platform writes it into a file that only its owner can read.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::experiment::subject::Dependency;

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub listen: SocketAddr,
    /// Of this API.
    pub token: String,
    /// `endpoints.json` and `secrets.json`, for the control API; written when all are ready.
    pub endpoints: PathBuf,
    pub secrets: PathBuf,
    #[serde(default)]
    pub links: Vec<LinkSettings>,
    pub broker: Option<BrokerSettings>,
    /// By database, as superuser.
    #[serde(default)]
    pub databases: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkSettings {
    pub instance: String,
    pub service: String,
    pub to: Dependency,
    pub listen: SocketAddr,
    pub upstream: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokerSettings {
    /// The management API's root.
    pub management: String,
    pub user: String,
    pub password: String,
    /// `rabbitmqctl` and what it needs to find its node.
    pub ctl: PathBuf,
    pub ctl_env: BTreeMap<String, String>,
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}: {source}", path.display())]
    Format {
        path: PathBuf,
        source: serde_json::Error,
    },
}

impl Settings {
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|source| SettingsError::File {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_str(&text).map_err(|source| SettingsError::Format {
            path: path.to_owned(),
            source,
        })
    }
}

/// Without what is secret.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("listen", &self.listen)
            .field("links", &self.links)
            .finish_non_exhaustive()
    }
}
