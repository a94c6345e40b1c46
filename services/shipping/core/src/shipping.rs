//! The rules of shipping.

use crate::state::{Shipment, State};
use decider::Decider;
use orders_contract::{OrderFacts, OrderId, Reason, ShipTo};

pub struct Shipping;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    Arrange(OrderFacts),
    Void { order_id: OrderId, reason: Reason },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Arranged {
        order_id: OrderId,
        ship_to: ShipTo,
    },
    Refused {
        order_id: OrderId,
        ship_to: ShipTo,
        reason: Reason,
    },
    Voided {
        order_id: OrderId,
        reason: Reason,
    },
}

/// Shipping refuses by event alone; there is nothing it rejects.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {}

impl Command {
    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Arrange(facts) => facts.order_id,
            Self::Void { order_id, .. } => *order_id,
        }
    }
}

impl Event {
    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Arranged { order_id, .. }
            | Self::Refused { order_id, .. }
            | Self::Voided { order_id, .. } => *order_id,
        }
    }
}

impl Decider for Shipping {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Rejection> {
        let order_id = command.order_id();
        Ok(match (state.shipments.get(&order_id), command) {
            (None, Command::Arrange(facts)) => vec![arrange(state, facts)],
            // A duplicate, or too late: the tombstone stands.
            (
                Some(
                    Shipment::Arranged { .. } | Shipment::Refused { .. } | Shipment::Voided { .. },
                ),
                Command::Arrange(_),
            ) => vec![],

            (None, Command::Void { reason, .. }) => vec![Event::Voided {
                order_id,
                reason: *reason,
            }],
            // Past the pivot: the answer to a cancel is what happened, again. It also
            // drives on a saga whose participants have not heard of it.
            (Some(Shipment::Arranged { ship_to }), Command::Void { .. }) => {
                vec![Event::Arranged {
                    order_id,
                    ship_to: ship_to.clone(),
                }]
            }
            // Already undone for another reason; said again for whoever missed it.
            (Some(Shipment::Refused { ship_to, reason }), Command::Void { .. }) => {
                vec![Event::Refused {
                    order_id,
                    ship_to: ship_to.clone(),
                    reason: *reason,
                }]
            }
            (Some(Shipment::Voided { reason }), Command::Void { .. }) => vec![Event::Voided {
                order_id,
                reason: *reason,
            }],
        })
    }

    fn evolve(mut state: State, event: &Event) -> State {
        let shipment = match event {
            Event::Arranged { ship_to, .. } => Shipment::Arranged {
                ship_to: ship_to.clone(),
            },
            Event::Refused {
                ship_to, reason, ..
            } => Shipment::Refused {
                ship_to: ship_to.clone(),
                reason: *reason,
            },
            Event::Voided { reason, .. } => Shipment::Voided { reason: *reason },
        };
        state.shipments.insert(event.order_id(), shipment);
        state
    }
}

fn arrange(state: &State, facts: &OrderFacts) -> Event {
    let (order_id, ship_to) = (facts.order_id, facts.ship_to.clone());
    if state.service_areas.contains(&ship_to.country) {
        Event::Arranged { order_id, ship_to }
    } else {
        Event::Refused {
            order_id,
            ship_to,
            reason: Reason::NotServiceable,
        }
    }
}
