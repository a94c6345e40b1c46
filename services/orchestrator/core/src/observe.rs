//! Which transition an observation makes: one function an observation, every phase
//! written in each.

use crate::{
    event::{Ask, Event},
    state::{Phase, Saga, Verdict},
};
use orders_contract::{OrderFacts, OrderId, Reason, Status};

/// Something that no delivery order can bring about: two owners of one decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the saga of {order_id} is {phase} and now hears {heard}")]
pub struct Rejection {
    pub order_id: OrderId,
    pub phase: &'static str,
    pub heard: &'static str,
}

fn contradiction(
    order_id: OrderId,
    phase: &Phase,
    heard: &'static str,
) -> Result<Vec<Event>, Rejection> {
    Err(Rejection {
        order_id,
        phase: phase.label(),
        heard,
    })
}

pub fn placed(saga: Option<&Saga>, facts: &OrderFacts) -> Result<Vec<Event>, Rejection> {
    Ok(match saga {
        None => vec![Event::Started {
            facts: facts.clone(),
        }],
        // A duplicate, or doomed before it began.
        Some(_) => vec![],
    })
}

pub fn stock_reserved(saga: &Saga, facts: &OrderFacts) -> Result<Vec<Event>, Rejection> {
    Ok(match &saga.phase {
        Phase::Reserving => vec![Event::StockReserved {
            facts: facts.clone(),
        }],
        // A duplicate; or too late, and the release is on its way.
        Phase::Holding
        | Phase::Arranging
        | Phase::Cancelling
        | Phase::Completing { .. }
        | Phase::Confirming
        | Phase::Compensating { .. }
        | Phase::Closing { .. }
        | Phase::Done { .. } => vec![],
    })
}

pub fn stock_rejected(
    saga: &Saga,
    order_id: OrderId,
    reason: Reason,
) -> Result<Vec<Event>, Rejection> {
    match &saga.phase {
        Phase::Reserving => Ok(vec![Event::Undone {
            order_id,
            verdict: Verdict::Reject(reason),
        }]),
        Phase::Cancelling
        | Phase::Compensating { .. }
        | Phase::Closing { .. }
        | Phase::Done {
            status: Status::Rejected | Status::Cancelled | Status::Placed,
        } => Ok(vec![]),
        Phase::Holding
        | Phase::Arranging
        | Phase::Completing { .. }
        | Phase::Confirming
        | Phase::Done {
            status: Status::Confirmed,
        } => contradiction(order_id, &saga.phase, "stock.rejected"),
    }
}

pub fn payment_held(saga: &Saga, facts: &OrderFacts) -> Result<Vec<Event>, Rejection> {
    Ok(match &saga.phase {
        Phase::Holding => vec![Event::PaymentHeld {
            facts: facts.clone(),
        }],
        // A duplicate; or too late, and the release is on its way.
        Phase::Reserving
        | Phase::Arranging
        | Phase::Cancelling
        | Phase::Completing { .. }
        | Phase::Confirming
        | Phase::Compensating { .. }
        | Phase::Closing { .. }
        | Phase::Done { .. } => vec![],
    })
}

pub fn payment_rejected(
    saga: &Saga,
    order_id: OrderId,
    reason: Reason,
) -> Result<Vec<Event>, Rejection> {
    match &saga.phase {
        Phase::Holding => Ok(vec![Event::CompensationStarted {
            order_id,
            verdict: Verdict::Reject(reason),
            stock: true,
            payment: false,
        }]),
        Phase::Reserving
        | Phase::Cancelling
        | Phase::Compensating { .. }
        | Phase::Closing { .. }
        | Phase::Done {
            status: Status::Rejected | Status::Cancelled | Status::Placed,
        } => Ok(vec![]),
        Phase::Arranging
        | Phase::Completing { .. }
        | Phase::Confirming
        | Phase::Done {
            status: Status::Confirmed,
        } => contradiction(order_id, &saga.phase, "payment.rejected"),
    }
}

pub fn shipment_arranged(saga: &Saga, order_id: OrderId) -> Result<Vec<Event>, Rejection> {
    match &saga.phase {
        Phase::Arranging => Ok(vec![Event::PivotPassed { order_id }]),
        // A duplicate, or the answer to a cancel that came too late.
        Phase::Completing { .. }
        | Phase::Confirming
        | Phase::Done {
            status: Status::Confirmed,
        } => Ok(vec![]),
        Phase::Reserving
        | Phase::Holding
        | Phase::Cancelling
        | Phase::Compensating { .. }
        | Phase::Closing { .. }
        | Phase::Done {
            status: Status::Rejected | Status::Cancelled | Status::Placed,
        } => contradiction(order_id, &saga.phase, "shipment.arranged"),
    }
}

pub fn shipment_rejected(
    saga: &Saga,
    order_id: OrderId,
    reason: Reason,
) -> Result<Vec<Event>, Rejection> {
    match &saga.phase {
        Phase::Arranging => Ok(vec![undo_all(order_id, Verdict::Reject(reason))]),
        Phase::Compensating { .. }
        | Phase::Closing { .. }
        | Phase::Done {
            status: Status::Rejected | Status::Cancelled | Status::Placed,
        } => Ok(vec![]),
        Phase::Reserving
        | Phase::Holding
        | Phase::Cancelling
        | Phase::Completing { .. }
        | Phase::Confirming
        | Phase::Done {
            status: Status::Confirmed,
        } => contradiction(order_id, &saga.phase, "shipment.rejected"),
    }
}

pub fn shipment_voided(
    saga: &Saga,
    order_id: OrderId,
    reason: Reason,
) -> Result<Vec<Event>, Rejection> {
    match &saga.phase {
        // Any step may be under way: release both. Tombstones meet what comes late.
        Phase::Reserving | Phase::Holding | Phase::Arranging | Phase::Cancelling => {
            Ok(vec![undo_all(order_id, Verdict::Cancel(reason))])
        }
        Phase::Compensating { .. }
        | Phase::Closing { .. }
        | Phase::Done {
            status: Status::Rejected | Status::Cancelled | Status::Placed,
        } => Ok(vec![]),
        Phase::Completing { .. }
        | Phase::Confirming
        | Phase::Done {
            status: Status::Confirmed,
        } => contradiction(order_id, &saga.phase, "shipment.voided"),
    }
}

fn undo_all(order_id: OrderId, verdict: Verdict) -> Event {
    Event::CompensationStarted {
        order_id,
        verdict,
        stock: true,
        payment: true,
    }
}

pub fn payment_captured(saga: &Saga, order_id: OrderId) -> Result<Vec<Event>, Rejection> {
    match &saga.phase {
        Phase::Completing {
            captured: false,
            dispatched,
        } => Ok(half(
            Event::PaymentCaptured { order_id },
            *dispatched,
            order_id,
        )),
        Phase::Completing { captured: true, .. }
        | Phase::Confirming
        | Phase::Done {
            status: Status::Confirmed,
        } => Ok(vec![]),
        Phase::Reserving
        | Phase::Holding
        | Phase::Arranging
        | Phase::Cancelling
        | Phase::Compensating { .. }
        | Phase::Closing { .. }
        | Phase::Done {
            status: Status::Rejected | Status::Cancelled | Status::Placed,
        } => contradiction(order_id, &saga.phase, "payment.captured"),
    }
}

pub fn stock_dispatched(saga: &Saga, order_id: OrderId) -> Result<Vec<Event>, Rejection> {
    match &saga.phase {
        Phase::Completing {
            captured,
            dispatched: false,
        } => Ok(half(
            Event::StockDispatched { order_id },
            *captured,
            order_id,
        )),
        Phase::Completing {
            dispatched: true, ..
        }
        | Phase::Confirming
        | Phase::Done {
            status: Status::Confirmed,
        } => Ok(vec![]),
        Phase::Reserving
        | Phase::Holding
        | Phase::Arranging
        | Phase::Cancelling
        | Phase::Compensating { .. }
        | Phase::Closing { .. }
        | Phase::Done {
            status: Status::Rejected | Status::Cancelled | Status::Placed,
        } => contradiction(order_id, &saga.phase, "stock.dispatched"),
    }
}

/// One half of the join; the second half completes it.
fn half(noted: Event, other_half: bool, order_id: OrderId) -> Vec<Event> {
    let mut events = vec![noted];
    if other_half {
        events.push(Event::Completed { order_id });
    }
    events
}

pub fn stock_released(saga: &Saga, order_id: OrderId) -> Result<Vec<Event>, Rejection> {
    Ok(match &saga.phase {
        Phase::Compensating {
            verdict,
            stock: true,
            payment,
        } => undone(
            Event::StockReleased { order_id },
            !payment,
            order_id,
            *verdict,
        ),
        Phase::Compensating { stock: false, .. }
        | Phase::Reserving
        | Phase::Holding
        | Phase::Arranging
        | Phase::Cancelling
        | Phase::Completing { .. }
        | Phase::Confirming
        | Phase::Closing { .. }
        | Phase::Done { .. } => vec![],
    })
}

pub fn payment_released(saga: &Saga, order_id: OrderId) -> Result<Vec<Event>, Rejection> {
    Ok(match &saga.phase {
        Phase::Compensating {
            verdict,
            stock,
            payment: true,
        } => undone(
            Event::PaymentReleased { order_id },
            !stock,
            order_id,
            *verdict,
        ),
        Phase::Compensating { payment: false, .. }
        | Phase::Reserving
        | Phase::Holding
        | Phase::Arranging
        | Phase::Cancelling
        | Phase::Completing { .. }
        | Phase::Confirming
        | Phase::Closing { .. }
        | Phase::Done { .. } => vec![],
    })
}

fn undone(noted: Event, was_last: bool, order_id: OrderId, verdict: Verdict) -> Vec<Event> {
    let mut events = vec![noted];
    if was_last {
        events.push(Event::Undone { order_id, verdict });
    }
    events
}

/// By the customer, or by the deadline, which comes again until the saga is done.
pub fn cancel_requested(
    saga: Option<&Saga>,
    order_id: OrderId,
    reason: Reason,
) -> Result<Vec<Event>, Rejection> {
    let ask = |asks: Vec<Ask>| Ok(vec![Event::AskedAgain { order_id, asks }]);
    let Some(saga) = saga else {
        return Ok(vec![Event::CancelAsked { order_id, reason }]);
    };
    match &saga.phase {
        Phase::Reserving | Phase::Holding | Phase::Arranging | Phase::Cancelling => {
            Ok(vec![Event::CancelAsked { order_id, reason }])
        }
        Phase::Completing {
            captured,
            dispatched,
        } => ask([
            (!captured).then_some(Ask::CapturePayment),
            (!dispatched).then_some(Ask::DispatchStock),
        ]
        .into_iter()
        .flatten()
        .collect()),
        Phase::Confirming => ask(vec![Ask::ConfirmOrder]),
        Phase::Compensating { stock, payment, .. } => ask([
            stock.then_some(Ask::ReleaseStock),
            payment.then_some(Ask::ReleasePayment),
        ]
        .into_iter()
        .flatten()
        .collect()),
        Phase::Closing { verdict } => ask(vec![Ask::CloseOrder(*verdict)]),
        Phase::Done { .. } => Ok(vec![]),
    }
}

/// Orders has said how the order ended.
pub fn order_closed(
    saga: &Saga,
    order_id: OrderId,
    status: Status,
) -> Result<Vec<Event>, Rejection> {
    let closed = || Ok(vec![Event::Closed { order_id, status }]);
    match (&saga.phase, status) {
        (Phase::Confirming, Status::Confirmed)
        | (Phase::Closing { .. }, Status::Rejected | Status::Cancelled) => closed(),
        (Phase::Done { .. }, _) => Ok(vec![]),
        (
            Phase::Reserving
            | Phase::Holding
            | Phase::Arranging
            | Phase::Cancelling
            | Phase::Completing { .. }
            | Phase::Confirming
            | Phase::Compensating { .. }
            | Phase::Closing { .. },
            _,
        ) => contradiction(order_id, &saga.phase, "the end of the order"),
    }
}
