//! Which messages shipping hears, and which it says.

use crate::shipping::{Command, Event, Shipping};
use decider::{Incoming, Outgoing, ParseError, Participant};
use orders_contract::OrderEvent;
use payments_contract::PaymentEvent;
use shipping_contract::{ShipmentEvent, ShippingCommand};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Inbound {
    Order(OrderEvent),
    Payment(PaymentEvent),
    Command(ShippingCommand),
}

impl Incoming for Inbound {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError> {
        match kind.split('.').next() {
            Some("order") => OrderEvent::parse(kind, version, body).map(Self::Order),
            Some("payment") => PaymentEvent::parse(kind, version, body).map(Self::Payment),
            Some("shipping") => ShippingCommand::parse(kind, version, body).map(Self::Command),
            Some(_) | None => Err(ParseError::UnknownKind(kind.to_owned())),
        }
    }

    fn correlation_id(&self) -> Option<Uuid> {
        match self {
            Self::Order(event) => Outgoing::correlation_id(event),
            Self::Payment(event) => Outgoing::correlation_id(event),
            Self::Command(command) => Outgoing::correlation_id(command),
        }
    }
}

impl Participant for Shipping {
    type Inbound = Inbound;
    type Outbound = ShipmentEvent;

    fn commands_for(message: &Inbound, _now_ms: i64) -> Vec<Command> {
        match message {
            Inbound::Payment(PaymentEvent::Held { facts })
            | Inbound::Command(ShippingCommand::Arrange { facts }) => {
                vec![Command::Arrange(facts.clone())]
            }
            Inbound::Order(OrderEvent::CancelRequested {
                order_id, reason, ..
            })
            | Inbound::Command(ShippingCommand::Void { order_id, reason }) => {
                vec![Command::Void {
                    order_id: *order_id,
                    reason: *reason,
                }]
            }
            // Heard by nobody's binding; nothing to do should that change.
            Inbound::Order(
                OrderEvent::Placed { .. }
                | OrderEvent::Confirmed { .. }
                | OrderEvent::Rejected { .. }
                | OrderEvent::Cancelled { .. },
            )
            | Inbound::Payment(
                PaymentEvent::Rejected { .. }
                | PaymentEvent::Released { .. }
                | PaymentEvent::Captured { .. },
            ) => vec![],
        }
    }

    fn messages_of(event: &Event) -> Vec<ShipmentEvent> {
        vec![match event {
            Event::Arranged { order_id, .. } => ShipmentEvent::Arranged {
                order_id: *order_id,
            },
            Event::Refused {
                order_id, reason, ..
            } => ShipmentEvent::Rejected {
                order_id: *order_id,
                reason: *reason,
            },
            Event::Voided { order_id, reason } => ShipmentEvent::Voided {
                order_id: *order_id,
                reason: *reason,
            },
        }]
    }

    fn label(event: &Event) -> &'static str {
        match event {
            Event::Arranged { .. } => ShipmentEvent::ARRANGED,
            Event::Refused { .. } => ShipmentEvent::REJECTED,
            Event::Voided { .. } => ShipmentEvent::VOIDED,
        }
    }
}
