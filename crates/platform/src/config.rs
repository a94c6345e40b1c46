//! What kind of platform to start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use messaging::topology::Topology;

use crate::agent::AgentConfig;
use crate::servers::{Durability, Tracing};
use crate::services::{self, Service};
use crate::topology;

#[derive(Clone)]
pub struct Config {
    /// The run folder, made where it is missing.
    pub dir: PathBuf,
    pub services: Vec<Service>,
    /// Declared on the broker before the services start.
    pub topology: Topology,
    /// Of each service, as far as its own limit allows.
    pub instances: u16,
    pub tracing: Tracing,
    pub durability: Durability,
    /// Who breaks it on purpose, when somebody asks.
    pub agent: Option<AgentConfig>,
    /// Environment for all services, over what the platform sets: `SAGA_DEADLINE_MS`, `LOG`.
    pub settings: BTreeMap<String, String>,
    /// Told what happens, a line at a time.
    pub progress: Progress,
}

#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(&str) + Send + Sync>);

impl Progress {
    pub fn new(tell: impl Fn(&str) + Send + Sync + 'static) -> Progress {
        Progress(Arc::new(tell))
    }

    pub fn silent() -> Progress {
        Progress::new(|_| {})
    }

    pub fn tell(&self, line: &str) {
        (self.0)(line);
    }
}

impl Config {
    /// Breakwater whole, its binaries in the folder `programs`.
    pub fn breakwater(dir: impl Into<PathBuf>, programs: &Path) -> Config {
        Config {
            services: services::breakwater(programs),
            topology: topology::breakwater(),
            tracing: Tracing::Embedded(programs.join("tracestore")),
            agent: Some(AgentConfig {
                program: programs.join("chaos"),
                links: false,
            }),
            ..Config::only_servers(dir)
        }
    }

    /// The servers, and nothing of ours.
    pub fn only_servers(dir: impl Into<PathBuf>) -> Config {
        Config {
            dir: dir.into(),
            services: Vec::new(),
            topology: Topology::default(),
            // Two: the fewest that show what one alone hides.
            instances: 2,
            tracing: Tracing::Off,
            durability: Durability::Full,
            agent: None,
            settings: BTreeMap::new(),
            progress: Progress::silent(),
        }
    }

    /// Our own programs that are not there.
    pub fn missing_programs(&self) -> Vec<PathBuf> {
        let services = self.services.iter().map(|service| &service.program);
        let traces = match &self.tracing {
            Tracing::Embedded(program) | Tracing::Jaeger(program) => Some(program),
            Tracing::Off | Tracing::Remote { .. } => None,
        };
        let agent = self.agent.as_ref().map(|agent| &agent.program);
        services
            .chain(traces)
            .chain(agent)
            .filter(|program| !program.is_file())
            .cloned()
            .collect()
    }
}

/// The folder of the running program, where cargo puts its siblings. Tests and examples live one folder below.
pub fn sibling_programs() -> std::io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent().unwrap_or(Path::new("/"));
    let folder = match folder.file_name().and_then(|name| name.to_str()) {
        Some("deps" | "examples") => folder.parent().unwrap_or(folder),
        _ => folder,
    };
    Ok(folder.to_owned())
}
