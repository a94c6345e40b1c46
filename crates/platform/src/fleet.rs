//! The instances of the services: how many there are, on which ports, and who must know when that changes.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::agent::Links;
use crate::instance::{InstancePorts, Surroundings, instance, instance_name};
use crate::process::Supervisor;
use crate::servers::write_targets;
use crate::services::{GATEWAY, REGISTRY, Service};

/// An instance that is scaled away may finish what it is doing; the process's own limit is shorter.
const LEAVE_GRACE: Duration = Duration::from_secs(10);

pub struct Fleet {
    pub supervisor: Arc<Supervisor>,
    services: Vec<Service>,
    run_dir: PathBuf,
    /// The folder of the Prometheus that follows us.
    prometheus: PathBuf,
    /// Proxies that stand before some instances.
    links: Arc<Links>,
    /// Held while scaling, so that two callers do not mix.
    roster: Mutex<Roster>,
}

struct Roster {
    /// By service, ordinal 1 first.
    ports: BTreeMap<String, Vec<Arc<InstancePorts>>>,
    around: Surroundings,
}

#[derive(Debug, thiserror::Error)]
pub enum ScaleError {
    #[error("there is no service named {0}")]
    Unknown(String),
    #[error("{service} can have 0 to {max} instances, not {wanted}")]
    OutOfRange {
        service: String,
        wanted: u64,
        max: u16,
    },
    #[error("the platform could not follow: {0}")]
    Io(#[from] io::Error),
}

impl Fleet {
    pub fn new(
        supervisor: Arc<Supervisor>,
        services: Vec<Service>,
        around: Surroundings,
        links: Arc<Links>,
        run_dir: PathBuf,
        prometheus: PathBuf,
    ) -> Fleet {
        Fleet {
            supervisor,
            services,
            run_dir,
            prometheus,
            links,
            roster: Mutex::new(Roster {
                ports: BTreeMap::new(),
                around,
            }),
        }
    }

    /// Brings `service` to `wanted` instances: the last ones leave first, new ones take the next numbers. Returns the
    /// names there are now; new ones need not be ready yet.
    pub async fn scale(&self, service: &str, wanted: u64) -> Result<Vec<String>, ScaleError> {
        let known = self.services.iter().find(|it| it.name == service);
        let known = known.ok_or_else(|| ScaleError::Unknown(service.to_owned()))?;
        let wanted = u16::try_from(wanted)
            .ok()
            .filter(|wanted| *wanted <= known.instances_max)
            .ok_or(ScaleError::OutOfRange {
                service: service.to_owned(),
                wanted,
                max: known.instances_max,
            })?;
        let mut roster = self.roster.lock().await;
        let Roster { ports, around } = &mut *roster;
        let ports = ports.entry(service.to_owned()).or_default();
        for ordinal in (ports.len() as u16 + 1)..=wanted {
            let planned = self.links.ports(&instance_name(service, ordinal));
            let claimed = match planned {
                Some(ports) => ports,
                None => Arc::new(InstancePorts::claim()?),
            };
            if service == REGISTRY {
                around.registry_url = Some(claimed.public.url());
            }
            let mut spec = instance(known, ordinal, &claimed, around, &self.run_dir);
            self.links.redirect(&mut spec);
            self.supervisor.start(spec);
            ports.push(claimed);
        }
        let leaving: Vec<String> = (wanted + 1..=ports.len() as u16)
            .map(|ordinal| instance_name(service, ordinal))
            .collect();
        self.supervisor.remove(&leaving, LEAVE_GRACE).await;
        ports.truncate(wanted.into());
        drop(roster);
        write_targets(&self.prometheus, &self.supervisor.specs())?;
        Ok((1..=wanted)
            .map(|ordinal| instance_name(service, ordinal))
            .collect())
    }

    pub async fn gateway_urls(&self) -> Vec<String> {
        let roster = self.roster.lock().await;
        let gateways = roster.ports.get(GATEWAY).into_iter().flatten();
        gateways.map(|ports| ports.public.url()).collect()
    }
}
