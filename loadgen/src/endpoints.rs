//! Where the running system is, as its platform wrote it down.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// `.run/endpoints.json`
#[derive(Clone, Debug, Deserialize)]
pub struct Endpoints {
    pub gateway: Vec<String>,
    pub prometheus: String,
    pub traces: String,
    pub rabbitmq_management: String,
}

/// `.run/secrets.json`, as far as a reader of everything needs it.
#[derive(Clone, Deserialize)]
pub struct Secrets {
    /// One URL a database, with a role that may only read.
    pub databases: BTreeMap<String, String>,
    pub amqp: String,
    pub amqp_management: ManagementUser,
}

#[derive(Clone, Deserialize)]
pub struct ManagementUser {
    pub user: String,
    pub password: String,
}

#[derive(Debug, thiserror::Error)]
pub enum EndpointsError {
    #[error("cannot read {path}: {source}. Start the platform first, or name the file")]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path} is not what the platform writes: {source}")]
    Format {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{0} names no gateway: there is nowhere to send orders")]
    NoGateway(PathBuf),
}

impl Endpoints {
    /// `JAEGER_URL` puts another trace back-end in the place of the embedded one.
    pub fn read(path: &Path) -> Result<Self, EndpointsError> {
        let mut endpoints: Endpoints = read(path)?;
        if endpoints.gateway.is_empty() {
            return Err(EndpointsError::NoGateway(path.to_owned()));
        }
        if let Ok(url) = std::env::var("JAEGER_URL")
            && !url.is_empty()
        {
            endpoints.traces = url;
        }
        for url in endpoints.gateway.iter_mut() {
            trim(url);
        }
        [
            &mut endpoints.prometheus,
            &mut endpoints.traces,
            &mut endpoints.rabbitmq_management,
        ]
        .into_iter()
        .for_each(trim);
        Ok(endpoints)
    }
}

impl Secrets {
    pub fn read(path: &Path) -> Result<Self, EndpointsError> {
        read(path)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let databases: Vec<&String> = self.databases.keys().collect();
        f.debug_struct("Secrets")
            .field("databases", &databases)
            .finish_non_exhaustive()
    }
}

fn trim(url: &mut String) {
    let kept = url.trim_end_matches('/').len();
    url.truncate(kept);
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, EndpointsError> {
    let text = std::fs::read_to_string(path).map_err(|source| EndpointsError::File {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|source| EndpointsError::Format {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let text = r#"{"databases":{"orders":"postgres://v:hush@h/orders"},"amqp":"amqp://v:hush@h",
            "amqp_management":{"user":"v","password":"hush"},"control_token":"hush"}"#;
        let secrets: Secrets = serde_json::from_str(text).expect("parses");
        assert!(!format!("{secrets:?}").contains("hush"));
    }
}
