//! What the orchestrator hears, and whom it commands.

use crate::{
    event::{Ask, Event},
    orchestrator::{Command, Orchestrator},
    state::Verdict,
};
use decider::{Incoming, OneOf, Outgoing, ParseError, Participant};
use inventory_contract::{InventoryCommand, StockEvent};
use orders_contract::{OrderCommand, OrderEvent, OrderId};
use payments_contract::{PaymentEvent, PaymentsCommand};
use shipping_contract::{ShipmentEvent, ShippingCommand};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Inbound {
    Order(OrderEvent),
    Stock(StockEvent),
    Payment(PaymentEvent),
    Shipment(ShipmentEvent),
}

impl Inbound {
    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Order(event) => event.order_id(),
            Self::Stock(event) => event.order_id(),
            Self::Payment(event) => event.order_id(),
            Self::Shipment(event) => event.order_id(),
        }
    }
}

impl Incoming for Inbound {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        match kind.split('.').next() {
            Some("order") => OrderEvent::parse(kind, version, body).map(Self::Order),
            Some("stock") => StockEvent::parse(kind, version, body).map(Self::Stock),
            Some("payment") => PaymentEvent::parse(kind, version, body).map(Self::Payment),
            Some("shipment") => ShipmentEvent::parse(kind, version, body).map(Self::Shipment),
            Some(_) | None => Err(ParseError::UnknownKind(kind.to_owned())),
        }
    }

    fn correlation_id(&self) -> Option<Uuid> {
        Some(self.order_id().0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outbound {
    Orders(OrderCommand),
    Inventory(InventoryCommand),
    Payments(PaymentsCommand),
    Shipping(ShippingCommand),
}

impl OneOf for Outbound {
    fn message(&self) -> &dyn Outgoing {
        match self {
            Self::Orders(command) => command,
            Self::Inventory(command) => command,
            Self::Payments(command) => command,
            Self::Shipping(command) => command,
        }
    }
}

impl Participant for Orchestrator {
    type Inbound = Inbound;
    type Outbound = Outbound;

    fn commands_for(message: &Inbound, _now_ms: i64) -> Vec<Command> {
        vec![Command(message.clone())]
    }

    fn messages_of(event: &Event) -> Vec<Outbound> {
        let order_id = event.order_id();
        let asks = match event {
            Event::Started { facts } => {
                return vec![Outbound::Inventory(InventoryCommand::Reserve {
                    facts: facts.clone(),
                })];
            }
            Event::StockReserved { facts } => {
                return vec![Outbound::Payments(PaymentsCommand::Hold {
                    facts: facts.clone(),
                })];
            }
            Event::PaymentHeld { facts } => {
                return vec![Outbound::Shipping(ShippingCommand::Arrange {
                    facts: facts.clone(),
                })];
            }
            Event::PivotPassed { .. } => vec![Ask::CapturePayment, Ask::DispatchStock],
            Event::Completed { .. } => vec![Ask::ConfirmOrder],
            Event::CancelAsked { reason, .. } => vec![Ask::VoidShipment(*reason)],
            Event::CompensationStarted { stock, payment, .. } => [
                stock.then_some(Ask::ReleaseStock),
                payment.then_some(Ask::ReleasePayment),
            ]
            .into_iter()
            .flatten()
            .collect(),
            Event::Undone { verdict, .. } => vec![Ask::CloseOrder(*verdict)],
            Event::AskedAgain { asks, .. } => asks.clone(),
            Event::PaymentCaptured { .. }
            | Event::StockDispatched { .. }
            | Event::StockReleased { .. }
            | Event::PaymentReleased { .. }
            | Event::Closed { .. } => vec![],
        };
        asks.into_iter().map(|ask| command(ask, order_id)).collect()
    }

    fn label(event: &Event) -> &'static str {
        match event {
            Event::Started { .. } => "saga.started",
            Event::StockReserved { .. } => "saga.stock_reserved",
            Event::PaymentHeld { .. } => "saga.payment_held",
            Event::PivotPassed { .. } => "saga.pivot_passed",
            Event::PaymentCaptured { .. } => "saga.payment_captured",
            Event::StockDispatched { .. } => "saga.stock_dispatched",
            Event::Completed { .. } => "saga.completed",
            Event::CancelAsked { .. } => "saga.cancel_asked",
            Event::CompensationStarted { .. } => "saga.compensation_started",
            Event::StockReleased { .. } => "saga.stock_released",
            Event::PaymentReleased { .. } => "saga.payment_released",
            Event::Undone { .. } => "saga.undone",
            Event::AskedAgain { .. } => "saga.asked_again",
            Event::Closed { .. } => "saga.closed",
        }
    }
}

fn command(ask: Ask, order_id: OrderId) -> Outbound {
    match ask {
        Ask::CapturePayment => Outbound::Payments(PaymentsCommand::Capture { order_id }),
        Ask::ReleasePayment => Outbound::Payments(PaymentsCommand::Release { order_id }),
        Ask::DispatchStock => Outbound::Inventory(InventoryCommand::Dispatch { order_id }),
        Ask::ReleaseStock => Outbound::Inventory(InventoryCommand::Release { order_id }),
        Ask::VoidShipment(reason) => Outbound::Shipping(ShippingCommand::Void { order_id, reason }),
        Ask::ConfirmOrder => Outbound::Orders(OrderCommand::Confirm { order_id }),
        Ask::CloseOrder(Verdict::Reject(reason)) => {
            Outbound::Orders(OrderCommand::Reject { order_id, reason })
        }
        Ask::CloseOrder(Verdict::Cancel(reason)) => {
            Outbound::Orders(OrderCommand::Cancel { order_id, reason })
        }
    }
}
