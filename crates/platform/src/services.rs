//! The set of services as data: what each needs from its surroundings, and the environment of one instance.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::ports::Port;
use crate::process::{Kind, Probe, ProcessSpec};
use crate::servers::Permission;

/// The one that the others register with.
pub const REGISTRY: &str = "registry";
/// The one that the outside talks to.
pub const GATEWAY: &str = "gateway";

#[derive(Clone, Debug)]
pub struct Service {
    pub name: String,
    pub program: PathBuf,
    pub args: Vec<String>,
    /// Its database, and the role that owns it.
    pub database: Option<String>,
    /// What it may do on the broker; nothing: it has no account there.
    pub broker: Option<Permission>,
    /// More than this many make no sense.
    pub instances_max: u16,
    /// Whether it answers on an admin port, as our own services do.
    pub admin_port: bool,
}

impl Service {
    pub fn new(name: &str, program: impl Into<PathBuf>) -> Service {
        Service {
            name: name.to_owned(),
            program: program.into(),
            args: Vec::new(),
            database: None,
            broker: None,
            // Far beyond what one machine carries, and still within the ports and connections there are.
            instances_max: 16,
            admin_port: true,
        }
    }
}

/// Breakwater's own, their binaries in `programs`.
pub fn breakwater(programs: &Path) -> Vec<Service> {
    let named = |name: &str| Service::new(name, programs.join(name));
    let mut services = vec![Service {
        // Its table is in memory; a second one would know other instances.
        instances_max: 1,
        ..named(REGISTRY)
    }];
    for name in [
        "orders",
        "inventory",
        "payments",
        "shipping",
        "orchestrator",
    ] {
        services.push(Service {
            database: Some(name.to_owned()),
            broker: Some(participant(name)),
            ..named(name)
        });
    }
    services.push(Service {
        database: Some("order_view".to_owned()),
        broker: Some(log_reader()),
        ..named("order-view")
    });
    services.push(named(GATEWAY));
    services
}

/// A participant declares the exchanges, its queues and the log, publishes, and reads its own queue. Binding takes
/// writing on the queue and reading on the exchange; dead-lettering takes writing on its exchange.
fn participant(queue: &str) -> Permission {
    let dead = format!("{queue}.dead");
    Permission::of(
        &["events", "commands", "dead", "events.log", queue, &dead],
        &["events", "commands", "dead", "events.log", queue, &dead],
        &["events", "commands", "dead", queue, &dead],
    )
}

/// order-view publishes nothing: it reads the log, which it also declares and binds.
fn log_reader() -> Permission {
    Permission::of(
        &["events", "commands", "dead", "events.log"],
        &["events.log"],
        &["events", "events.log"],
    )
}

/// What may be read by a judge and changed by nobody.
pub fn verifier(services: &[Service]) -> Permission {
    let dead: Vec<String> = services
        .iter()
        .filter(|service| service.broker.is_some())
        .map(|service| format!("{}.dead", service.name))
        .collect();
    let mut readable: Vec<&str> = dead.iter().map(String::as_str).collect();
    readable.push("events.log");
    Permission::of(&[], &[], &readable)
}

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
        .env("LOG_FORMAT", "json");
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

    #[test]
    fn a_service_may_read_its_own_queue_only() {
        let permission = participant("payments");
        assert_eq!(
            permission.read,
            r"^(events|commands|dead|payments|payments\.dead)$"
        );
        assert!(!log_reader().write.contains("|events)"));
        assert_eq!(log_reader().write, r"^(events\.log)$");
    }

    #[test]
    fn a_verifier_reads_the_log_and_the_dead_and_writes_nothing() {
        let permission = verifier(&breakwater(Path::new("/bin")));
        assert!(permission.read.contains(r"shipping\.dead"));
        assert!(permission.read.ends_with(r"events\.log)$"));
        assert_eq!(permission.write, "^()$");
    }
}
