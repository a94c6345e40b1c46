//! The words by which phases and transitions are known in the database, in logs and in
//! metrics.

use super::*;

const VERDICT: Verdict = Verdict::Cancel(Reason::Customer);

#[test]
fn a_phase_has_one_word() {
    let completing = Phase::Completing {
        captured: false,
        dispatched: false,
    };
    let compensating = Phase::Compensating {
        verdict: VERDICT,
        stock: true,
        payment: true,
    };
    let words = [
        (Phase::Reserving, "reserving"),
        (Phase::Holding, "holding"),
        (Phase::Arranging, "arranging"),
        (Phase::Cancelling, "cancelling"),
        (completing, "completing"),
        (Phase::Confirming, "confirming"),
        (compensating, "compensating"),
        (Phase::Closing { verdict: VERDICT }, "closing"),
        (
            Phase::Done {
                status: Status::Confirmed,
            },
            "done",
        ),
    ];
    for (phase, word) in words {
        assert_eq!(phase.label(), word);
    }
}

#[test]
fn a_transition_has_one_name() {
    let (order_id, verdict, status) = (ORDER, VERDICT, Status::Cancelled);
    let compensation_started = Event::CompensationStarted {
        order_id,
        verdict,
        stock: true,
        payment: true,
    };
    let names = [
        (Event::Started { facts: facts() }, "saga.started"),
        (
            Event::StockReserved { facts: facts() },
            "saga.stock_reserved",
        ),
        (Event::PaymentHeld { facts: facts() }, "saga.payment_held"),
        (Event::PivotPassed { order_id }, "saga.pivot_passed"),
        (Event::PaymentCaptured { order_id }, "saga.payment_captured"),
        (Event::StockDispatched { order_id }, "saga.stock_dispatched"),
        (Event::Completed { order_id }, "saga.completed"),
        (
            Event::CancelAsked {
                order_id,
                reason: Reason::Customer,
            },
            "saga.cancel_asked",
        ),
        (compensation_started, "saga.compensation_started"),
        (Event::StockReleased { order_id }, "saga.stock_released"),
        (Event::PaymentReleased { order_id }, "saga.payment_released"),
        (Event::Undone { order_id, verdict }, "saga.undone"),
        (
            Event::AskedAgain {
                order_id,
                asks: vec![],
            },
            "saga.asked_again",
        ),
        (Event::Closed { order_id, status }, "saga.closed"),
    ];
    for (event, name) in names {
        assert_eq!(Orchestrator::label(&event), name);
    }
}
