//! A process of the system, put together as its `main` does, from the real pipeline.

use crate::{
    deadlines::SimDeadlines,
    process::{Process, SimulatedClock},
    projection,
    store::{Database, SimStore, tables::Tables},
    system::{Doors, System},
};
use decider::Participant;
use messaging::{Service, Settings, Topology};
use orchestrator_core::Orchestrator;
use orders::deadlines::sweep;
use shipping_core::Shipping;
use std::sync::Arc;
use tokio::task::JoinSet;

pub const ORDER_VIEW: &str = "order-view";

/// Every service of the system; of each there are [`REPLICAS`].
pub const SERVICES: [&str; 6] = [
    orders_contract::QUEUE,
    inventory_contract::QUEUE,
    payments_contract::QUEUE,
    shipping_contract::QUEUE,
    topology::ORCHESTRATOR,
    ORDER_VIEW,
];
pub const REPLICAS: usize = 2;

/// What a living process holds. Dropped, all its tasks end where they are.
pub struct Instance {
    _service: Box<dyn Send>,
    _tasks: JoinSet<()>,
}

impl Instance {
    pub fn start(system: &Arc<System>, process: &Arc<Process>) -> Self {
        process.note(format_args!("starts"));
        let mut tasks = JoinSet::new();
        let service: Box<dyn Send> = match process.service {
            orders_contract::QUEUE => {
                let service = participant(system, process, &system.orders, &system.orders_api);
                let commands = service.commands();
                let deadlines = SimDeadlines {
                    system: Arc::clone(system),
                    process: Arc::clone(process),
                };
                let clock = SimulatedClock(Arc::clone(process));
                tasks.spawn(sweep(deadlines, commands, clock));
                Box::new(service)
            }
            inventory_contract::QUEUE => Box::new(participant(
                system,
                process,
                &system.inventory,
                &system.inventory_api,
            )),
            payments_contract::QUEUE => Box::new(participant(
                system,
                process,
                &system.payments,
                &system.payments_api,
            )),
            shipping_contract::QUEUE => Box::new(participant::<Shipping, _>(
                system,
                process,
                &system.shipping,
                &Doors::default(),
            )),
            topology::ORCHESTRATOR => Box::new(participant::<Orchestrator, _>(
                system,
                process,
                &system.orchestrator,
                &Doors::default(),
            )),
            _order_view => {
                tasks.spawn(projection::run(Arc::clone(system), Arc::clone(process)));
                Box::new(())
            }
        };
        Self {
            _service: service,
            _tasks: tasks,
        }
    }
}

fn participant<P: Participant, T: Tables<P>>(
    system: &System,
    process: &Arc<Process>,
    database: &Arc<Database<T>>,
    doors: &Doors<P>,
) -> Service<P> {
    let service = Service::start(
        system.broker.client(process),
        SimStore::<P, T>::new(database, process),
        SimulatedClock(Arc::clone(process)),
        process.entropy.clone(),
        Settings::new(process.service, topology_of(process.service)),
    );
    doors.open(&process.name, service.commands());
    service
}

/// As `assembly` puts it together: its own queue, its bindings, and the log.
pub fn topology_of(service: &str) -> Topology {
    let keys: Vec<String> = topology::subscription(service)
        .map(|subscription| subscription.routing_keys().collect())
        .unwrap_or_default();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    Topology::new()
        .participant(service, &keys)
        .log(topology::EVENTS_LOG, topology::EVENTS_LOG_BYTES_MAX)
}

/// All of it, as the platform declares before a service starts.
pub fn topology_whole() -> Topology {
    let mut whole = Topology::new();
    for subscription in topology::SUBSCRIPTIONS {
        let part = topology_of(subscription.queue);
        whole.queues.extend(part.queues);
        whole.bindings.extend(part.bindings);
    }
    whole
}
