//! Which messages payments hears, and which it says.

use crate::{command::Command, event::Event, payments::Payments};
use decider::{Incoming, Outgoing, ParseError, Participant};
use inventory_contract::StockEvent;
use payments_contract::{PaymentEvent, PaymentsCommand};
use shipping_contract::ShipmentEvent;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Inbound {
    Stock(StockEvent),
    Shipment(ShipmentEvent),
    Command(PaymentsCommand),
}

impl Incoming for Inbound {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        match kind.split('.').next() {
            Some("stock") => StockEvent::parse(kind, version, body).map(Self::Stock),
            Some("shipment") => ShipmentEvent::parse(kind, version, body).map(Self::Shipment),
            Some("payments") => PaymentsCommand::parse(kind, version, body).map(Self::Command),
            Some(_) | None => Err(ParseError::UnknownKind(kind.to_owned())),
        }
    }

    fn correlation_id(&self) -> Option<Uuid> {
        match self {
            Self::Stock(event) => Outgoing::correlation_id(event),
            Self::Shipment(event) => Outgoing::correlation_id(event),
            Self::Command(command) => Outgoing::correlation_id(command),
        }
    }
}

impl Participant for Payments {
    type Inbound = Inbound;
    type Outbound = PaymentEvent;

    fn commands_for(message: &Inbound, _now_ms: i64) -> Vec<Command> {
        match message {
            Inbound::Stock(StockEvent::Reserved { facts })
            | Inbound::Command(PaymentsCommand::Hold { facts }) => {
                vec![Command::Hold(facts.clone())]
            }
            Inbound::Shipment(
                ShipmentEvent::Rejected { order_id, .. } | ShipmentEvent::Voided { order_id, .. },
            )
            | Inbound::Command(PaymentsCommand::Release { order_id }) => {
                vec![Command::Release {
                    order_id: *order_id,
                }]
            }
            Inbound::Shipment(ShipmentEvent::Arranged { order_id })
            | Inbound::Command(PaymentsCommand::Capture { order_id }) => {
                vec![Command::Capture {
                    order_id: *order_id,
                }]
            }
            // Heard by nobody's binding; nothing to do should that change.
            Inbound::Stock(
                StockEvent::Rejected { .. }
                | StockEvent::Released { .. }
                | StockEvent::Dispatched { .. },
            ) => vec![],
        }
    }

    fn messages_of(event: &Event) -> Vec<PaymentEvent> {
        vec![match event {
            Event::Deposited { .. } | Event::Blocked { .. } => return vec![],
            Event::Held { facts } => PaymentEvent::Held {
                facts: facts.clone(),
            },
            Event::Refused {
                order_id, reason, ..
            } => PaymentEvent::Rejected {
                order_id: *order_id,
                reason: *reason,
            },
            Event::Released { order_id, .. }
            | Event::Voided { order_id }
            | Event::ReleasedAlready { order_id } => PaymentEvent::Released {
                order_id: *order_id,
            },
            Event::Captured { order_id, .. } => PaymentEvent::Captured {
                order_id: *order_id,
            },
        }]
    }

    fn label(event: &Event) -> &'static str {
        match event {
            Event::Deposited { .. } => "account.deposited",
            Event::Blocked { .. } => "account.blocked",
            Event::Held { .. } => PaymentEvent::HELD,
            Event::Refused { .. } => PaymentEvent::REJECTED,
            Event::Released { .. } => PaymentEvent::RELEASED,
            Event::Voided { .. } => "payment.voided",
            Event::ReleasedAlready { .. } => "payment.released_already",
            Event::Captured { .. } => PaymentEvent::CAPTURED,
        }
    }
}
