//! The way up: all servers at once, what must be set up in them, then the services.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::agent::Agent;
use crate::config::Config;
use crate::control::Control;
use crate::endpoints::Endpoints;
use crate::fleet::{Fleet, ScaleError};
use crate::narrator::Narrator;
use crate::platform::Platform;
use crate::process::{Kind, NotReady, Supervisor};
use crate::secret;
use crate::server_set::ServerSet;
use crate::servers::ServerError;
use crate::services::REGISTRY;
use crate::site::Site;
use crate::topology;

/// The broker takes 5 to 10 s on an idle machine; this one may be compiling.
const SERVERS_PATIENCE: Duration = Duration::from_secs(120);
/// A service migrates its database, connects and registers: a second or two, a dozen of them on two cores.
const SERVICES_PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("not built: {}\nrun: cargo build --workspace --bins", list(.0))]
    Programs(Vec<PathBuf>),
    #[error(
        "a platform already runs in this folder (process {0}): platform down, or another --dir"
    )]
    Running(u32),
    #[error("the run folder {}: {error}", folder.display())]
    Folder {
        folder: PathBuf,
        error: std::io::Error,
    },
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    NotReady(#[from] NotReady),
    #[error("declaring exchanges and queues: {0}")]
    Topology(#[from] messaging::broker::BrokerError),
    #[error(transparent)]
    Scale(#[from] ScaleError),
}

fn list(programs: &[PathBuf]) -> String {
    let names: Vec<_> = programs.iter().map(|it| it.display().to_string()).collect();
    names.join(", ")
}

impl StartError {
    pub(crate) fn folder(folder: &Path) -> impl FnOnce(std::io::Error) -> StartError {
        let folder = folder.to_owned();
        move |error| StartError::Folder { folder, error }
    }
}

pub async fn start(config: Config) -> Result<Platform, StartError> {
    let site = Site::open(&config).await?;
    let supervisor = &site.supervisor;
    let io = || StartError::folder(&config.dir);
    let narrator = Narrator::new(config.progress.clone());

    let servers = ServerSet::start(&site, &config, &narrator).await?;
    let around = servers.surroundings(&config);
    let agent = config
        .agent
        .as_ref()
        .map(|agent| Agent::prepare(agent, &config.services, config.instances, &servers, &around));
    let agent = agent.transpose().map_err(io())?;
    let links = agent
        .as_ref()
        .map(|agent| agent.links.clone())
        .unwrap_or_default();
    let fleet = Arc::new(Fleet::new(
        supervisor.clone(),
        config.services.clone(),
        around,
        links,
        site.run_dir.path().to_owned(),
        servers.prometheus.folder().to_owned(),
    ));
    // The registry leans on nobody, so it comes up beside the servers.
    for registry in config.services.iter().filter(|it| it.name == REGISTRY) {
        fleet.scale(&registry.name, 1).await?;
    }
    ready(supervisor, SERVERS_PATIENCE, &narrator).await?;
    topology::declare(&config.topology, &servers.admin_amqp_url()).await?;
    // Its proxies look for a healthy broker, and services connect through them.
    if let Some(agent) = &agent {
        supervisor.start(agent.spec(&site.run_dir, &servers).map_err(io())?);
        ready(supervisor, SERVICES_PATIENCE, &narrator).await?;
    }
    for service in config.services.iter().filter(|it| it.name != REGISTRY) {
        let wanted = config.instances.min(service.instances_max);
        fleet.scale(&service.name, wanted.into()).await?;
    }
    ready(supervisor, SERVICES_PATIENCE, &narrator).await?;

    let token = secret::password();
    let control = Control::serve(fleet.clone(), site.run_dir.clone(), token.clone())
        .await
        .map_err(io())?;
    let secrets = servers.secrets(token, agent.as_ref().map(|agent| agent.token.clone()));
    let endpoints = Endpoints {
        gateway: fleet.gateway_urls().await,
        prometheus: servers.prometheus.port.url(),
        traces: servers.traces.query_url.clone(),
        rabbitmq_management: servers.rabbit.management.url(),
        control: control.url.clone(),
        chaos: agent.as_ref().map(|agent| agent.port.url()),
    };
    secrets.write(&site.run_dir).map_err(io())?;
    // Last: the file is there when everything is ready.
    endpoints.write(&site.run_dir).map_err(io())?;
    narrator.finish();
    Ok(Platform {
        endpoints,
        secrets,
        control,
        fleet,
        site,
        servers,
        _agent: agent,
    })
}

/// Waits for everything that runs, and says who came.
pub(crate) async fn ready(
    supervisor: &Supervisor,
    patience: Duration,
    narrator: &Narrator,
) -> Result<(), NotReady> {
    let mut list = supervisor.list();
    list.retain(|process| !narrator.has_come(&process.name));
    list.sort_by_key(|process| process.kind == Kind::Service);
    let names: Vec<String> = list.into_iter().map(|process| process.name).collect();
    supervisor
        .ready(&names, patience, |name| narrator.came(name))
        .await
}
