//! The set of services as data: what each needs from its surroundings.

use std::path::{Path, PathBuf};

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

#[cfg(test)]
mod tests {
    use super::*;

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
