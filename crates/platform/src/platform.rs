//! A running platform: what it is made of, what it tells, and how it ends. How it comes up: `start.rs`.

use std::sync::Arc;
use std::time::Duration;

use crate::agent::Agent;
use crate::config::Config;
use crate::control::Control;
use crate::endpoints::{Endpoints, Secrets};
use crate::fleet::Fleet;
use crate::process::Supervisor;
use crate::run_dir::RunDir;
use crate::server_set::ServerSet;
use crate::site::Site;
use crate::start::{StartError, start};

/// Runs until stopped or dropped; both end everything, the first in order.
pub struct Platform {
    pub(crate) endpoints: Endpoints,
    pub(crate) secrets: Secrets,
    pub(crate) control: Control,
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) site: Site,
    pub(crate) servers: ServerSet,
    /// Its ports stay claimed.
    pub(crate) _agent: Option<Agent>,
}

impl Platform {
    /// Everything is ready when this returns. Dropping the future ends whatever it had started.
    pub async fn start(config: Config) -> Result<Platform, StartError> {
        start(config).await
    }

    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    pub fn run_dir(&self) -> &RunDir {
        &self.site.run_dir
    }

    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    pub fn supervisor(&self) -> &Supervisor {
        &self.site.supervisor
    }

    /// As a user who may do everything on the broker: for tests that interfere with it.
    pub fn admin_amqp_url(&self) -> String {
        self.servers.admin_amqp_url()
    }

    /// The management API's root as the same user, credentials included: append `/api/...`.
    pub fn admin_management_url(&self) -> String {
        self.servers
            .rabbit
            .management_url(&self.servers.users.admin)
    }

    /// A database of a service, as superuser: for tests that change it by hand.
    pub fn admin_database_url(&self, database: &str) -> String {
        self.servers.postgres.superuser_url(database)
    }

    /// A database as the role that a service uses.
    pub fn role_database_url(&self, role: &str, database: &str) -> Option<String> {
        self.servers.role_url(role, database)
    }

    /// Services drain within `grace`, then the servers end, then the data is cleared.
    pub async fn stop(self, grace: Duration) {
        drop(self.control);
        let _ = std::fs::remove_file(self.site.run_dir.endpoints());
        self.site.supervisor.stop(grace).await;
    }
}
