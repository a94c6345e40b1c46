//! The servers of one run, together: who has which account on them, and where they are.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::Config;
use crate::endpoints::{Credentials, Secrets};
use crate::instance::Surroundings;
use crate::narrator::Narrator;
use crate::ports::Port;
use crate::secret;
use crate::servers::{
    BrokerUser, DatabaseRole, Permission, Postgres, Prometheus, RabbitMq, TraceStore, VERIFIER,
    epmd, set_up_databases,
};
use crate::services;
use crate::site::Site;
use crate::start::StartError;

/// initdb has been, so this is a start and its recovery of nothing: well below a second.
const POSTGRES_PATIENCE: Duration = Duration::from_secs(60);

/// Holds the servers' ports, too: they stay claimed as long as this lives.
pub struct ServerSet {
    pub rabbit: RabbitMq,
    pub users: BrokerUsers,
    pub postgres: Postgres,
    pub prometheus: Prometheus,
    pub traces: TraceStore,
    owners: BTreeMap<String, DatabaseRole>,
    verifier_password: String,
    pub epmd: Port,
}

pub struct BrokerUsers {
    /// Tests and the platform itself.
    pub admin: BrokerUser,
    pub verifier: BrokerUser,
    /// By service.
    services: BTreeMap<String, BrokerUser>,
}

impl ServerSet {
    /// All are started when this returns, and PostgreSQL is set up; the others may not be ready yet.
    pub async fn start(
        site: &Site,
        config: &Config,
        narrator: &Narrator,
    ) -> Result<ServerSet, StartError> {
        let (supervisor, run_dir) = (&site.supervisor, &site.run_dir);
        let io = || StartError::folder(&config.dir);

        // The broker takes longest, so it goes first.
        let users = BrokerUsers::of(config);
        let epmd_port = Port::claim().map_err(io())?;
        let rabbit = RabbitMq::prepare(
            run_dir.fresh("rabbitmq").map_err(io())?,
            &users.all(),
            &users.admin,
        )?;
        supervisor.start(epmd(run_dir.path(), &epmd_port)?);
        supervisor.start(rabbit.spec(&epmd_port)?);

        let account = Postgres::account();
        let postgres_dir = run_dir
            .fresh_for("postgres", account.as_ref())
            .map_err(io())?;
        if let Some(account) = &account
            && !postgres_dir.starts_with(run_dir.path())
        {
            narrator.data_elsewhere("PostgreSQL", &account.name, &postgres_dir);
        }
        let postgres =
            Postgres::prepare(supervisor, postgres_dir, account, config.durability).await?;
        supervisor.start(postgres.spec());

        let prometheus = Prometheus::prepare(run_dir.fresh("prometheus").map_err(io())?)?;
        supervisor.start(prometheus.spec()?);
        let traces_dir = run_dir.fresh("tracestore").map_err(io())?;
        let mut traces = TraceStore::prepare(&config.tracing, &traces_dir)?;
        if let Some(spec) = traces.spec.take() {
            supervisor.start(spec);
        }

        let set = ServerSet {
            owners: owners(config),
            verifier_password: secret::password(),
            rabbit,
            users,
            postgres,
            prometheus,
            traces,
            epmd: epmd_port,
        };
        let name = "postgres".to_owned();
        supervisor
            .ready(&[name], POSTGRES_PATIENCE, |name| narrator.came(name))
            .await?;
        let owners: Vec<_> = set.owners.values().cloned().collect();
        set_up_databases(&set.postgres, &owners, &set.verifier_password).await?;
        Ok(set)
    }

    pub fn surroundings(&self, config: &Config) -> Surroundings {
        let database = |(service, owner): (&String, &DatabaseRole)| {
            let url = self.postgres.url(&owner.name, &owner.password, &owner.name);
            (service.clone(), url)
        };
        let broker =
            |(service, user): (&String, &BrokerUser)| (service.clone(), self.rabbit.amqp_url(user));
        Surroundings {
            database_urls: self.owners.iter().map(database).collect(),
            amqp_urls: self.users.services.iter().map(broker).collect(),
            registry_url: None,
            otlp_url: self.traces.otlp_url.clone(),
            settings: config.settings.clone(),
        }
    }

    /// What whoever judges a run may use.
    pub fn secrets(&self, control_token: String, chaos_token: Option<String>) -> Secrets {
        let verifier = |owner: &DatabaseRole| {
            let url = self
                .postgres
                .url(VERIFIER, &self.verifier_password, &owner.name);
            (owner.name.clone(), url)
        };
        Secrets {
            control_token,
            chaos_token,
            databases: self.owners.values().map(verifier).collect(),
            amqp: self.rabbit.amqp_url(&self.users.verifier),
            amqp_management: Credentials {
                user: self.users.verifier.name.clone(),
                password: self.users.verifier.password.clone(),
            },
        }
    }

    /// By database, as superuser.
    pub fn admin_urls(&self) -> BTreeMap<String, String> {
        let owners = self.owners.values().map(|owner| owner.name.clone());
        owners
            .map(|name| (name.clone(), self.postgres.superuser_url(&name)))
            .collect()
    }

    pub fn admin_amqp_url(&self) -> String {
        self.rabbit.amqp_url(&self.users.admin)
    }

    /// A database as seen by the role of another.
    pub fn role_url(&self, role: &str, database: &str) -> Option<String> {
        let owner = self.owners.values().find(|owner| owner.name == role)?;
        Some(self.postgres.url(role, &owner.password, database))
    }
}

impl BrokerUsers {
    fn of(config: &Config) -> BrokerUsers {
        let user = |name: &str, tag, permission| BrokerUser {
            name: name.to_owned(),
            password: secret::password(),
            tag,
            permission,
        };
        let services = config.services.iter().filter_map(|service| {
            let permission = service.broker.clone()?;
            let user = user(&service.name, None, permission);
            Some((service.name.clone(), user))
        });
        BrokerUsers {
            admin: user("admin", Some("administrator"), Permission::everything()),
            verifier: user(
                VERIFIER,
                Some("monitoring"),
                services::verifier(&config.services),
            ),
            services: services.collect(),
        }
    }

    fn all(&self) -> Vec<BrokerUser> {
        let known = [&self.admin, &self.verifier];
        known
            .into_iter()
            .chain(self.services.values())
            .cloned()
            .collect()
    }
}

/// By service.
fn owners(config: &Config) -> BTreeMap<String, DatabaseRole> {
    let owned = config.services.iter().filter_map(|service| {
        let role = DatabaseRole {
            name: service.database.clone()?,
            password: secret::password(),
        };
        Some((service.name.clone(), role))
    });
    owned.collect()
}
