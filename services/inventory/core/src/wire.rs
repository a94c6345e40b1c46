//! Which messages inventory hears, and which it says.

use crate::{command::Command, event::Event, inventory::Inventory};
use decider::{Incoming, OneOf, Outgoing, ParseError, Participant};
use inventory_contract::{CatalogueEvent, InventoryCommand, StockEvent};
use orders_contract::OrderEvent;
use payments_contract::PaymentEvent;
use shipping_contract::ShipmentEvent;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Inbound {
    Order(OrderEvent),
    Payment(PaymentEvent),
    Shipment(ShipmentEvent),
    Command(InventoryCommand),
}

impl Incoming for Inbound {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        match kind.split('.').next() {
            Some("order") => OrderEvent::parse(kind, version, body).map(Self::Order),
            Some("payment") => PaymentEvent::parse(kind, version, body).map(Self::Payment),
            Some("shipment") => ShipmentEvent::parse(kind, version, body).map(Self::Shipment),
            Some("inventory") => InventoryCommand::parse(kind, version, body).map(Self::Command),
            Some(_) | None => Err(ParseError::UnknownKind(kind.to_owned())),
        }
    }

    fn correlation_id(&self) -> Option<Uuid> {
        match self {
            Self::Order(event) => Outgoing::correlation_id(event),
            Self::Payment(event) => Outgoing::correlation_id(event),
            Self::Shipment(event) => Outgoing::correlation_id(event),
            Self::Command(command) => Outgoing::correlation_id(command),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outbound {
    Stock(StockEvent),
    Catalogue(CatalogueEvent),
}

impl OneOf for Outbound {
    fn message(&self) -> &dyn Outgoing {
        match self {
            Self::Stock(event) => event,
            Self::Catalogue(event) => event,
        }
    }
}

impl Participant for Inventory {
    type Inbound = Inbound;
    type Outbound = Outbound;

    fn commands_for(message: &Inbound, _now_ms: i64) -> Vec<Command> {
        match message {
            Inbound::Order(OrderEvent::Placed { facts, .. })
            | Inbound::Command(InventoryCommand::Reserve { facts }) => {
                vec![Command::Reserve(facts.clone())]
            }
            Inbound::Payment(PaymentEvent::Rejected { order_id, .. })
            | Inbound::Shipment(
                ShipmentEvent::Rejected { order_id, .. } | ShipmentEvent::Voided { order_id, .. },
            )
            | Inbound::Command(InventoryCommand::Release { order_id }) => {
                vec![Command::Release {
                    order_id: *order_id,
                }]
            }
            Inbound::Shipment(ShipmentEvent::Arranged { order_id })
            | Inbound::Command(InventoryCommand::Dispatch { order_id }) => {
                vec![Command::Dispatch {
                    order_id: *order_id,
                }]
            }
            // Heard by nobody's binding; nothing to do should that change.
            Inbound::Order(
                OrderEvent::CancelRequested { .. }
                | OrderEvent::Confirmed { .. }
                | OrderEvent::Rejected { .. }
                | OrderEvent::Cancelled { .. },
            )
            | Inbound::Payment(
                PaymentEvent::Held { .. }
                | PaymentEvent::Released { .. }
                | PaymentEvent::Captured { .. },
            ) => vec![],
        }
    }

    fn messages_of(event: &Event) -> Vec<Outbound> {
        let stock = match event {
            Event::Priced {
                sku,
                unit_price_minor,
                version,
            } => {
                return vec![Outbound::Catalogue(CatalogueEvent::Priced {
                    sku: sku.clone(),
                    unit_price_minor: *unit_price_minor,
                    version: *version,
                })];
            }
            Event::Received { .. } => return vec![],
            Event::Reserved { facts, .. } => StockEvent::Reserved {
                facts: facts.clone(),
            },
            Event::Refused { order_id, reason } => StockEvent::Rejected {
                order_id: *order_id,
                reason: *reason,
            },
            Event::Released { order_id, .. }
            | Event::Voided { order_id }
            | Event::ReleasedAlready { order_id } => StockEvent::Released {
                order_id: *order_id,
            },
            Event::Dispatched { order_id, .. } => StockEvent::Dispatched {
                order_id: *order_id,
            },
        };
        vec![Outbound::Stock(stock)]
    }

    fn label(event: &Event) -> &'static str {
        match event {
            Event::Priced { .. } => CatalogueEvent::PRICED,
            Event::Received { .. } => "stock.received",
            Event::Reserved { .. } => StockEvent::RESERVED,
            Event::Refused { .. } => StockEvent::REJECTED,
            Event::Released { .. } => StockEvent::RELEASED,
            Event::Voided { .. } => "stock.voided",
            Event::ReleasedAlready { .. } => "stock.released_already",
            Event::Dispatched { .. } => StockEvent::DISPATCHED,
        }
    }
}
