//! Where probes ask: the system as its platform wrote it down, for somebody who may only read.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::agent::client::{Agent, AgentError, read};

pub struct System {
    pub agent: Agent,
    pub http: reqwest::Client,
    pub endpoints: Endpoints,
    pub secrets: Secrets,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Endpoints {
    pub gateway: Vec<String>,
    pub prometheus: String,
    pub rabbitmq_management: String,
}

#[derive(Clone, Deserialize)]
pub struct Secrets {
    pub databases: BTreeMap<String, String>,
    pub amqp_management: User,
}

#[derive(Clone, Deserialize)]
pub struct User {
    pub user: String,
    pub password: String,
}

impl System {
    pub fn from_files(endpoints: &Path, secrets: &Path) -> Result<Self, AgentError> {
        Ok(Self {
            agent: Agent::from_files(endpoints, secrets)?,
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .unwrap_or_default(),
            endpoints: read(endpoints)?,
            secrets: read(secrets)?,
        })
    }
}
