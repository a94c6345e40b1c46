//! One order, in all services, when nothing is in flight and nothing left to publish.
//!
//! Nothing but a deadline could still happen then, and it is not counted on: messages
//! are not lost, so an order that waits for its deadline to be rescued is stuck.

use crate::{
    post::{INVENTORY, ORCHESTRATOR, ORDERS, PAYMENTS, SHIPPING},
    tally::Tally,
    world::{State, World},
};
use decider::Coordination;
use inventory_core::Reservation;
use orchestrator_core::Phase;
use orders_contract::{OrderId, Status};
use payments_core::Payment;
use shipping_core::Shipment;
use uuid::Uuid;

pub struct Rest {
    pub order: Uuid,
    pub status: Status,
    pub coordination: Coordination,
    pub reservation: Option<Reservation>,
    pub payment: Option<Payment>,
    pub shipment: Option<Shipment>,
    pub saga: Option<Phase>,
    pub stock: Tally,
    pub money: Tally,
}

pub fn orders(world: &World, state: &State) -> Vec<Rest> {
    let orders = world.orders.rows(state.seats[ORDERS]);
    let inventory = world.inventory.rows(state.seats[INVENTORY]);
    let payments = world.payments.rows(state.seats[PAYMENTS]);
    let shipping = world.shipping.rows(state.seats[SHIPPING]);
    let orchestrator = world.orchestrator.rows(state.seats[ORCHESTRATOR]);
    let of = |(id, order): (&OrderId, &orders_core::Order)| Rest {
        order: id.0,
        status: order.status,
        coordination: order.coordination,
        reservation: inventory.state.reservations.get(id).cloned(),
        payment: payments.state.payments.get(id).cloned(),
        shipment: shipping.state.shipments.get(id).cloned(),
        saga: orchestrator
            .state
            .sagas
            .get(id)
            .map(|saga| saga.phase.clone()),
        stock: inventory.tally.clone(),
        money: payments.tally.clone(),
    };
    orders.state.orders.iter().map(of).collect()
}

pub fn nothing_is_held(world: &World, state: &State) -> bool {
    let inventory = world.inventory.rows(state.seats[INVENTORY]);
    let payments = world.payments.rows(state.seats[PAYMENTS]);
    inventory
        .state
        .skus
        .values()
        .all(|stock| stock.reserved == 0)
        && payments
            .state
            .accounts
            .values()
            .all(|account| account.held_minor == 0)
}

impl Rest {
    pub fn has_ended(&self) -> bool {
        self.status.is_terminal()
    }

    /// Reserved and dispatched, held and captured, arranged: each once, none undone.
    pub fn is_whole_if_confirmed(&self) -> bool {
        self.status != Status::Confirmed
            || (matches!(self.reservation, Some(Reservation::Dispatched { .. }))
                && matches!(self.payment, Some(Payment::Captured(_)))
                && matches!(self.shipment, Some(Shipment::Arranged { .. }))
                && self.stock_times("stock.reserved") == 1
                && self.stock_times("stock.dispatched") == 1
                && self.stock_times("stock.released") == 0
                && self.money_times("payment.held") == 1
                && self.money_times("payment.captured") == 1
                && self.money_times("payment.released") == 0)
    }

    /// Whatever was done was undone exactly once, and the rest was never done.
    pub fn is_undone_if_not_confirmed(&self) -> bool {
        self.status == Status::Confirmed
            || (!matches!(self.shipment, Some(Shipment::Arranged { .. }))
                && self.stock_times("stock.dispatched") == 0
                && self.money_times("payment.captured") == 0
                && self.stock_times("stock.reserved") == self.stock_times("stock.released")
                && self.money_times("payment.held") == self.money_times("payment.released"))
    }

    pub fn has_saga_done(&self) -> bool {
        match (self.coordination, &self.saga) {
            (Coordination::Choreography, saga) => saga.is_none(),
            (Coordination::Orchestration, Some(Phase::Done { status })) => *status == self.status,
            (Coordination::Orchestration, _) => false,
        }
    }

    fn stock_times(&self, effect: &'static str) -> u8 {
        self.stock.times(self.order, effect)
    }

    fn money_times(&self, effect: &'static str) -> u8 {
        self.money.times(self.order, effect)
    }
}
