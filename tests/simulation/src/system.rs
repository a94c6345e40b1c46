//! The servers of the system, and what outlives its processes.

use crate::{
    broker,
    projection::View,
    store::{
        Database, Server,
        tables::{
            inventory::InventoryTables, orchestrator::OrchestratorTables, orders::OrdersTables,
            payments::PaymentsTables, shipping::ShippingTables,
        },
    },
    world::World,
};
use decider::Participant;
use inventory_core::Inventory;
use messaging::CommandSender;
use orders_contract::Country;
use orders_core::Orders;
use payments_core::Payments;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub struct System {
    pub world: Arc<World>,
    pub broker: Arc<broker::Server>,
    pub orders: Arc<Database<OrdersTables>>,
    pub inventory: Arc<Database<InventoryTables>>,
    pub payments: Arc<Database<PaymentsTables>>,
    pub shipping: Arc<Database<ShippingTables>>,
    pub orchestrator: Arc<Database<OrchestratorTables>>,
    pub view: Arc<View>,
    pub orders_api: Doors<Orders>,
    pub inventory_api: Doors<Inventory>,
    pub payments_api: Doors<Payments>,
}

impl System {
    pub fn new(world: &Arc<World>) -> Arc<Self> {
        let shipping: Arc<Database<ShippingTables>> =
            Database::new(world, shipping_contract::QUEUE);
        shipping.change(|content| {
            // The shell seeds this table.
            let served = SERVED
                .iter()
                .map(|code| Country::try_from((*code).to_owned()));
            content.tables.0.service_areas = served.flatten().collect();
        });
        Arc::new(Self {
            world: Arc::clone(world),
            broker: broker::Server::new(world),
            orders: Database::new(world, orders_contract::QUEUE),
            inventory: Database::new(world, inventory_contract::QUEUE),
            payments: Database::new(world, payments_contract::QUEUE),
            shipping,
            orchestrator: Database::new(world, topology::ORCHESTRATOR),
            view: View::new(world),
            orders_api: Doors::default(),
            inventory_api: Doors::default(),
            payments_api: Doors::default(),
        })
    }

    pub fn databases(&self) -> [&dyn Server; 5] {
        [
            &*self.orders,
            &*self.inventory,
            &*self.payments,
            &*self.shipping,
            &*self.orchestrator,
        ]
    }
}

/// Countries with a courier; there is none in [`NOT_SERVED`].
pub const SERVED: [&str; 4] = ["DE", "FR", "NO", "US"];
pub const NOT_SERVED: &str = "AQ";

/// Where a client finds the living instances of a service: its public API.
pub struct Doors<P: Participant>(Mutex<Open<P>>);

type Open<P> = Vec<(String, CommandSender<P>)>;

impl<P: Participant> Default for Doors<P> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<P: Participant> Doors<P> {
    pub fn open(&self, instance: &str, commands: CommandSender<P>) {
        let mut doors = self.lock();
        doors.push((instance.to_owned(), commands));
        doors.sort_by(|a, b| a.0.cmp(&b.0));
    }

    pub fn close(&self, instance: &str) {
        self.lock().retain(|(name, _)| name != instance);
    }

    /// Any of them, by a number.
    pub fn any(&self, nth: u64) -> Option<CommandSender<P>> {
        let doors = self.lock();
        let at = nth.checked_rem(doors.len() as u64)?;
        doors.get(at as usize).map(|(_, commands)| commands.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Open<P>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
