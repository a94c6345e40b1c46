//! The core: observations in, transitions out.

use crate::{
    event::Event,
    observe::{self, Rejection},
    state::{Phase, Saga, State},
    wire::Inbound,
};
use decider::Decider;
use inventory_contract::StockEvent;
use orders_contract::{OrderEvent, OrderId, Status};
use payments_contract::PaymentEvent;
use shipping_contract::ShipmentEvent;

pub struct Orchestrator;

/// Something was heard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Command(pub Inbound);

impl Decider for Orchestrator {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(state: &State, Command(heard): &Command) -> Result<Vec<Event>, Rejection> {
        let order_id = heard.order_id();
        let saga = state.sagas.get(&order_id);
        // These two may come first.
        match heard {
            Inbound::Order(OrderEvent::Placed { facts, .. }) => {
                return observe::placed(saga, facts);
            }
            Inbound::Order(OrderEvent::CancelRequested { reason, .. }) => {
                return observe::cancel_requested(saga, order_id, *reason);
            }
            Inbound::Order(_) | Inbound::Stock(_) | Inbound::Payment(_) | Inbound::Shipment(_) => {}
        }
        let saga = saga.ok_or(Rejection {
            order_id,
            phase: "not begun",
            heard: "an answer",
        })?;
        match heard {
            Inbound::Order(OrderEvent::Placed { .. } | OrderEvent::CancelRequested { .. }) => {
                Ok(vec![])
            }
            Inbound::Order(OrderEvent::Confirmed { .. }) => {
                observe::order_closed(saga, order_id, Status::Confirmed)
            }
            Inbound::Order(OrderEvent::Rejected { .. }) => {
                observe::order_closed(saga, order_id, Status::Rejected)
            }
            Inbound::Order(OrderEvent::Cancelled { .. }) => {
                observe::order_closed(saga, order_id, Status::Cancelled)
            }
            Inbound::Stock(StockEvent::Reserved { facts }) => observe::stock_reserved(saga, facts),
            Inbound::Stock(StockEvent::Rejected { reason, .. }) => {
                observe::stock_rejected(saga, order_id, *reason)
            }
            Inbound::Stock(StockEvent::Released { .. }) => observe::stock_released(saga, order_id),
            Inbound::Stock(StockEvent::Dispatched { .. }) => {
                observe::stock_dispatched(saga, order_id)
            }
            Inbound::Payment(PaymentEvent::Held { facts }) => observe::payment_held(saga, facts),
            Inbound::Payment(PaymentEvent::Rejected { reason, .. }) => {
                observe::payment_rejected(saga, order_id, *reason)
            }
            Inbound::Payment(PaymentEvent::Released { .. }) => {
                observe::payment_released(saga, order_id)
            }
            Inbound::Payment(PaymentEvent::Captured { .. }) => {
                observe::payment_captured(saga, order_id)
            }
            Inbound::Shipment(ShipmentEvent::Arranged { .. }) => {
                observe::shipment_arranged(saga, order_id)
            }
            Inbound::Shipment(ShipmentEvent::Rejected { reason, .. }) => {
                observe::shipment_rejected(saga, order_id, *reason)
            }
            Inbound::Shipment(ShipmentEvent::Voided { reason, .. }) => {
                observe::shipment_voided(saga, order_id, *reason)
            }
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        let order_id = event.order_id();
        match event {
            Event::Started { facts } => {
                let saga = Saga {
                    facts: Some(facts.clone()),
                    phase: Phase::Reserving,
                };
                state.sagas.insert(order_id, saga);
            }
            Event::CancelAsked { .. } => {
                state.sagas.entry(order_id).or_insert(Saga {
                    facts: None,
                    phase: Phase::Cancelling,
                });
            }
            Event::StockReserved { .. } => enter(&mut state, order_id, |_| Phase::Holding),
            Event::PaymentHeld { .. } => enter(&mut state, order_id, |_| Phase::Arranging),
            Event::PivotPassed { .. } => enter(&mut state, order_id, |_| Phase::Completing {
                captured: false,
                dispatched: false,
            }),
            Event::PaymentCaptured { .. } => enter(&mut state, order_id, |phase| match phase {
                Phase::Completing { dispatched, .. } => Phase::Completing {
                    captured: true,
                    dispatched,
                },
                other => other,
            }),
            Event::StockDispatched { .. } => enter(&mut state, order_id, |phase| match phase {
                Phase::Completing { captured, .. } => Phase::Completing {
                    captured,
                    dispatched: true,
                },
                other => other,
            }),
            Event::Completed { .. } => enter(&mut state, order_id, |_| Phase::Confirming),
            Event::CompensationStarted {
                verdict,
                stock,
                payment,
                ..
            } => enter(&mut state, order_id, |_| Phase::Compensating {
                verdict: *verdict,
                stock: *stock,
                payment: *payment,
            }),
            Event::StockReleased { .. } => enter(&mut state, order_id, |phase| match phase {
                Phase::Compensating {
                    verdict, payment, ..
                } => Phase::Compensating {
                    verdict,
                    stock: false,
                    payment,
                },
                other => other,
            }),
            Event::PaymentReleased { .. } => enter(&mut state, order_id, |phase| match phase {
                Phase::Compensating { verdict, stock, .. } => Phase::Compensating {
                    verdict,
                    stock,
                    payment: false,
                },
                other => other,
            }),
            Event::Undone { verdict, .. } => enter(&mut state, order_id, |_| Phase::Closing {
                verdict: *verdict,
            }),
            Event::AskedAgain { .. } => {}
            Event::Closed { status, .. } => {
                enter(&mut state, order_id, |_| Phase::Done { status: *status });
            }
        }
        state
    }
}

fn enter(state: &mut State, order_id: OrderId, next: impl FnOnce(Phase) -> Phase) {
    if let Some(saga) = state.sagas.get_mut(&order_id) {
        saga.phase = next(saga.phase.clone());
    }
}
