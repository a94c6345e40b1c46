//! One instance of a service as a process: its ports and its environment.

use std::collections::BTreeMap;
use std::path::Path;

use crate::ports::Port;
use crate::process::{Kind, Probe, ProcessSpec};
use crate::services::{REGISTRY, Service};

/// Where an instance finds what it needs.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// By service.
    pub database_urls: BTreeMap<String, String>,
    pub amqp_urls: BTreeMap<String, String>,
    /// Known once the registry has its port.
    pub registry_url: Option<String>,
    pub otlp_url: Option<String>,
    /// For all services, over everything else: `SAGA_DEADLINE_MS`, `LOG`.
    pub settings: BTreeMap<String, String>,
}

/// An instance's ports; kept while it exists, so that a restart finds them again.
#[derive(Debug)]
pub struct InstancePorts {
    pub public: Port,
    pub admin: Port,
}

impl InstancePorts {
    pub fn claim() -> std::io::Result<InstancePorts> {
        Ok(InstancePorts {
            public: Port::claim()?,
            admin: Port::claim()?,
        })
    }
}

pub fn instance_name(service: &str, ordinal: u16) -> String {
    format!("{service}-{ordinal}")
}

/// One instance as a process.
pub fn instance(
    service: &Service,
    ordinal: u16,
    ports: &InstancePorts,
    around: &Surroundings,
    run_dir: &Path,
) -> ProcessSpec {
    let name = instance_name(&service.name, ordinal);
    let mut spec = ProcessSpec::new(name.clone(), Kind::Service, &service.program, run_dir)
        .env("INSTANCE", name)
        .env("PUBLIC_ADDR", ports.public.addr())
        .env("ADMIN_ADDR", ports.admin.addr())
        .env("LOG", "info")
        .env("LOG_FORMAT", "json")
        // glibc's allocator otherwise keeps a pool of free memory for each of eight threads and more.
        .env("MALLOC_ARENA_MAX", "2")
        // Sixteen processes share the machine: a task handed to another core costs more than it gains. More work is
        // more instances.
        .env("TOKIO_WORKER_THREADS", "1");
    spec.service.clone_from(&service.name);
    spec.args.clone_from(&service.args);
    let mut set = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            spec.env.insert(key.to_owned(), value);
        }
    };
    set(
        "DATABASE_URL",
        around.database_urls.get(&service.name).cloned(),
    );
    set("AMQP_URL", around.amqp_urls.get(&service.name).cloned());
    if service.name != REGISTRY {
        let registry = around.registry_url.as_ref();
        set("DISCOVERY", registry.map(|url| format!("consul:{url}")));
        if let Some(url) = &around.otlp_url {
            set("OTLP_ENDPOINT", Some(url.clone()));
            set("TRACE_SAMPLE_RATIO", Some("1.0".to_owned()));
        }
    }
    spec.env.extend(around.settings.clone());
    if service.admin_port {
        spec.probe = Probe::Http(format!("{}/readyz", ports.admin.url()));
        spec.metrics_addr = Some(ports.admin.addr());
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::breakwater;

    fn environment(name: &str) -> BTreeMap<String, String> {
        let services = breakwater(Path::new("/bin"));
        let service = services.iter().find(|it| it.name == name).expect("known");
        let ports = InstancePorts::claim().expect("ports");
        let around = Surroundings {
            database_urls: BTreeMap::from([("orders".into(), "postgres://orders".into())]),
            amqp_urls: BTreeMap::from([("orders".into(), "amqp://orders".into())]),
            registry_url: Some("http://127.0.0.1:1".into()),
            otlp_url: Some("http://127.0.0.1:4318".into()),
            settings: BTreeMap::from([("LOG".into(), "debug".into())]),
        };
        instance(service, 1, &ports, &around, Path::new("/")).env
    }

    #[test]
    fn an_instance_is_told_all_it_needs_and_nothing_of_others() {
        let orders = environment("orders");
        assert_eq!(orders["INSTANCE"], "orders-1");
        assert_eq!(orders["DISCOVERY"], "consul:http://127.0.0.1:1");
        assert_eq!(orders["LOG"], "debug", "a setting of the user wins");
        assert!(orders.contains_key("OTLP_ENDPOINT"));
        for key in ["DATABASE_URL", "AMQP_URL"] {
            assert!(orders.contains_key(key));
            assert!(!environment("gateway").contains_key(key), "{key}");
        }
        assert!(!environment(REGISTRY).contains_key("DISCOVERY"));
    }
}
