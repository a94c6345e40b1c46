//! The chaos agent as a process of the platform, and the links that its proxies stand on.
//!
//! Nothing of it is linked into the platform: it is a program, and what it needs to know is a file.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::instance::{InstancePorts, Surroundings, instance_name};
use crate::ports::Port;
use crate::process::{Kind, Probe, ProcessSpec};
use crate::run_dir::{RunDir, write_whole};
use crate::secret;
use crate::server_set::ServerSet;
use crate::services::{GATEWAY, REGISTRY, Service};

/// What a platform is asked for.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// The `chaos` binary.
    pub program: PathBuf,
    /// Proxies on the links of every instance there is at the start.
    pub links: bool,
}

/// The agent's place, and the links it serves.
pub struct Agent {
    pub port: Port,
    pub token: String,
    pub links: Arc<Links>,
    program: PathBuf,
}

/// By instance. Empty without proxies. The ports stay claimed as long as this lives.
#[derive(Default)]
pub struct Links {
    of: BTreeMap<String, InstanceLinks>,
}

struct InstanceLinks {
    service: String,
    ports: Arc<InstancePorts>,
    /// Dependency, where the instance finds it, and where it really is.
    links: Vec<(&'static str, Port, String)>,
}

impl Links {
    fn plan(
        services: &[Service],
        instances: u16,
        servers: &ServerSet,
        around: &Surroundings,
    ) -> io::Result<Links> {
        let mut of = BTreeMap::new();
        let linked = services
            .iter()
            .filter(|it| it.name != REGISTRY && it.name != GATEWAY);
        for service in linked {
            for ordinal in 1..=instances.min(service.instances_max) {
                let ports = InstancePorts::claim()?;
                let mut links = Vec::new();
                let mut link = |to, upstream: String| {
                    links.push((to, Port::claim()?, upstream));
                    Ok::<_, io::Error>(())
                };
                if service.broker.is_some() {
                    link("broker", servers.rabbit.amqp.addr())?;
                }
                if service.database.is_some() {
                    link("database", servers.postgres.port.addr())?;
                }
                if let Some(url) = &around.otlp_url
                    && let Some(addr) = url.strip_prefix("http://")
                {
                    link("traces", addr.trim_end_matches('/').to_owned())?;
                }
                link("gateway", ports.public.addr())?;
                let links = InstanceLinks {
                    service: service.name.clone(),
                    ports: Arc::new(ports),
                    links,
                };
                of.insert(instance_name(&service.name, ordinal), links);
            }
        }
        Ok(Links { of })
    }

    /// Those of an instance that was planned.
    pub fn ports(&self, instance: &str) -> Option<Arc<InstancePorts>> {
        Some(self.of.get(instance)?.ports.clone())
    }

    /// The environment with the links in place of what they lead to.
    pub fn redirect(&self, spec: &mut ProcessSpec) {
        let Some(links) = self.of.get(&spec.name) else {
            return;
        };
        for (to, port, upstream) in &links.links {
            let variable = match *to {
                "broker" => "AMQP_URL",
                "database" => "DATABASE_URL",
                "traces" => "OTLP_ENDPOINT",
                _ => {
                    spec.env.insert("ADVERTISED_ADDR".into(), port.addr());
                    continue;
                }
            };
            if let Some(url) = spec.env.get_mut(variable) {
                *url = url.replace(upstream.as_str(), &port.addr());
            }
        }
    }

    fn json(&self) -> Value {
        let all = self.of.iter().flat_map(|(instance, links)| {
            links.links.iter().map(move |(to, port, upstream)| {
                json!({
                    "instance": instance,
                    "service": links.service,
                    "to": to,
                    "listen": port.addr(),
                    "upstream": upstream,
                })
            })
        });
        all.collect()
    }
}

impl Agent {
    pub fn prepare(
        config: &AgentConfig,
        services: &[Service],
        instances: u16,
        servers: &ServerSet,
        around: &Surroundings,
    ) -> io::Result<Agent> {
        let links = match config.links {
            true => Links::plan(services, instances, servers, around)?,
            false => Links::default(),
        };
        Ok(Agent {
            port: Port::claim()?,
            token: secret::password(),
            links: Arc::new(links),
            program: config.program.clone(),
        })
    }

    /// Its file holds the administrators' passwords: only its owner may read it.
    pub fn spec(&self, run_dir: &RunDir, servers: &ServerSet) -> io::Result<ProcessSpec> {
        let path = run_dir.chaos();
        let site = self.site(run_dir, servers).to_string();
        write_whole(&path, site.as_bytes(), 0o600)?;
        let mut spec = ProcessSpec::new("chaos", Kind::Server, &self.program, run_dir.path())
            .arg("agent")
            .env("CHAOS_SITE", path.display().to_string());
        spec.metrics_addr = Some(self.port.addr());
        spec.probe = Probe::Http(format!("{}/livez", self.port.url()));
        Ok(spec)
    }

    fn site(&self, run_dir: &RunDir, servers: &ServerSet) -> Value {
        let admin = &servers.users.admin;
        json!({
            "listen": self.port.addr(),
            "token": self.token,
            "endpoints": absolute(&run_dir.endpoints()),
            "secrets": absolute(&run_dir.secrets()),
            "links": self.links.json(),
            "broker": {
                "management": servers.rabbit.management.url(),
                "user": admin.name,
                "password": admin.password,
                "ctl": servers.rabbit.ctl(),
                "ctl_env": servers.rabbit.ctl_env(&servers.epmd),
            },
            "databases": servers.admin_urls(),
        })
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
