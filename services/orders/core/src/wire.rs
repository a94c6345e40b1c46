//! Which messages orders hears, and which it says.

use crate::{
    command::Command,
    event::{Ending, Event},
    orders::Orders,
};
use decider::{Incoming, Outgoing, ParseError, Participant};
use inventory_contract::{CatalogueEvent, StockEvent};
use orders_contract::{OrderCommand, OrderEvent};
use payments_contract::PaymentEvent;
use shipping_contract::ShipmentEvent;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Inbound {
    Catalogue(CatalogueEvent),
    Stock(StockEvent),
    Payment(PaymentEvent),
    Shipment(ShipmentEvent),
    Command(OrderCommand),
}

impl Incoming for Inbound {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        match kind.split('.').next() {
            Some("sku") => CatalogueEvent::parse(kind, version, body).map(Self::Catalogue),
            Some("stock") => StockEvent::parse(kind, version, body).map(Self::Stock),
            Some("payment") => PaymentEvent::parse(kind, version, body).map(Self::Payment),
            Some("shipment") => ShipmentEvent::parse(kind, version, body).map(Self::Shipment),
            Some("orders") => OrderCommand::parse(kind, version, body).map(Self::Command),
            Some(_) | None => Err(ParseError::UnknownKind(kind.to_owned())),
        }
    }

    fn correlation_id(&self) -> Option<Uuid> {
        match self {
            Self::Catalogue(event) => Outgoing::correlation_id(event),
            Self::Stock(event) => Outgoing::correlation_id(event),
            Self::Payment(event) => Outgoing::correlation_id(event),
            Self::Shipment(event) => Outgoing::correlation_id(event),
            Self::Command(command) => Outgoing::correlation_id(command),
        }
    }
}

impl Participant for Orders {
    type Inbound = Inbound;
    type Outbound = OrderEvent;

    fn commands_for(message: &Inbound, now_ms: i64) -> Vec<Command> {
        vec![match message {
            Inbound::Catalogue(CatalogueEvent::Priced {
                sku,
                unit_price_minor,
                version,
            }) => Command::LearnPrice {
                sku: sku.clone(),
                unit_price_minor: *unit_price_minor,
                version: *version,
            },
            Inbound::Shipment(ShipmentEvent::Arranged { order_id }) => Command::NotePivot {
                order_id: *order_id,
            },
            Inbound::Payment(PaymentEvent::Captured { order_id }) => Command::NoteCaptured {
                order_id: *order_id,
                now_ms,
            },
            Inbound::Stock(StockEvent::Dispatched { order_id }) => Command::NoteDispatched {
                order_id: *order_id,
                now_ms,
            },
            Inbound::Stock(StockEvent::Rejected { order_id, reason })
            | Inbound::Payment(PaymentEvent::Rejected { order_id, reason })
            | Inbound::Shipment(ShipmentEvent::Rejected { order_id, reason })
            | Inbound::Command(OrderCommand::Reject { order_id, reason }) => Command::Reject {
                order_id: *order_id,
                reason: *reason,
                now_ms,
            },
            Inbound::Shipment(ShipmentEvent::Voided { order_id, reason })
            | Inbound::Command(OrderCommand::Cancel { order_id, reason }) => Command::Cancel {
                order_id: *order_id,
                reason: *reason,
                now_ms,
            },
            Inbound::Command(OrderCommand::Confirm { order_id }) => Command::Confirm {
                order_id: *order_id,
                now_ms,
            },
            // Heard by nobody's binding; nothing to do should that change.
            Inbound::Stock(StockEvent::Reserved { .. } | StockEvent::Released { .. })
            | Inbound::Payment(PaymentEvent::Held { .. } | PaymentEvent::Released { .. }) => {
                return vec![];
            }
        }]
    }

    fn messages_of(event: &Event) -> Vec<OrderEvent> {
        vec![match event {
            Event::Placed {
                facts,
                coordination,
                placed_at_ms,
                ..
            } => OrderEvent::Placed {
                facts: facts.clone(),
                version: 1,
                coordination: *coordination,
                placed_at_ms: *placed_at_ms,
            },
            Event::CancelRequested {
                order_id,
                reason,
                attempt,
                version,
                coordination,
                ..
            } => OrderEvent::CancelRequested {
                order_id: *order_id,
                reason: *reason,
                attempt: *attempt,
                version: *version,
                coordination: *coordination,
            },
            Event::PriceLearned { .. }
            | Event::PivotNoted { .. }
            | Event::CaptureNoted { .. }
            | Event::DispatchNoted { .. } => return vec![],
            Event::Confirmed(Ending {
                order_id,
                version,
                coordination,
                ..
            }) => OrderEvent::Confirmed {
                order_id: *order_id,
                version: *version,
                coordination: *coordination,
            },
            Event::Rejected { reason, ending } => OrderEvent::Rejected {
                order_id: ending.order_id,
                reason: *reason,
                version: ending.version,
                coordination: ending.coordination,
            },
            Event::Cancelled { reason, ending } => OrderEvent::Cancelled {
                order_id: ending.order_id,
                reason: *reason,
                version: ending.version,
                coordination: ending.coordination,
            },
        }]
    }

    fn label(event: &Event) -> &'static str {
        match event {
            Event::Placed { .. } => OrderEvent::PLACED,
            Event::CancelRequested { .. } => OrderEvent::CANCEL_REQUESTED,
            Event::PriceLearned { .. } => "order.price_learned",
            Event::PivotNoted { .. } => "order.pivot_noted",
            Event::CaptureNoted { .. } => "order.capture_noted",
            Event::DispatchNoted { .. } => "order.dispatch_noted",
            Event::Confirmed(_) => OrderEvent::CONFIRMED,
            Event::Rejected { .. } => OrderEvent::REJECTED,
            Event::Cancelled { .. } => OrderEvent::CANCELLED,
        }
    }
}
