//! The way back: which releases are asked, when it is complete, and what is asked
//! again while an answer is missing.

use super::*;

const CANCEL: Verdict = Verdict::Cancel(Reason::Customer);

fn rejected_by_shipping() -> Inbound {
    Inbound::Shipment(ShipmentEvent::Rejected {
        order_id: ORDER,
        reason: Reason::NotServiceable,
    })
}

fn cancelled() -> Inbound {
    Inbound::Order(OrderEvent::Cancelled {
        order_id: ORDER,
        reason: Reason::Customer,
        version: 3,
        coordination: COORDINATION,
    })
}

fn asked_again(asks: &[Ask]) -> Event {
    Event::AskedAgain {
        order_id: ORDER,
        asks: asks.to_vec(),
    }
}

#[test]
fn a_refusal_of_the_shipment_releases_stock_and_payment() {
    let (scenario, _) = hears([placed(), reserved(), held()]);
    scenario
        .when(Command(rejected_by_shipping()))
        .then([Event::CompensationStarted {
            order_id: ORDER,
            verdict: Verdict::Reject(Reason::NotServiceable),
            stock: true,
            payment: true,
        }])
        .when(Command(rejected_by_shipping()))
        .then_nothing();
}

#[test]
fn all_is_undone_when_both_have_said_so_in_either_order() {
    let (stock, payment) = (
        Event::StockReleased { order_id: ORDER },
        Event::PaymentReleased { order_id: ORDER },
    );
    let undone = Event::Undone {
        order_id: ORDER,
        verdict: CANCEL,
    };
    let compensating = || hears([placed(), reserved(), cancel(1), voided()]).0;
    compensating()
        .when(Command(payment_released()))
        .then([payment.clone()])
        .when(Command(stock_released()))
        .then([stock.clone(), undone.clone()]);
    compensating()
        .when(Command(stock_released()))
        .then([stock])
        .when(Command(payment_released()))
        .then([payment, undone]);
}

#[test]
fn a_deadline_on_the_way_back_asks_again_what_is_unanswered() {
    let (scenario, _) = hears([placed(), reserved(), cancel(1), voided()]);
    scenario
        .when(Command(cancel(2)))
        .then([asked_again(&[Ask::ReleaseStock, Ask::ReleasePayment])])
        .and([Event::StockReleased { order_id: ORDER }])
        .when(Command(cancel(3)))
        .then([asked_again(&[Ask::ReleasePayment])])
        .and([Event::Undone {
            order_id: ORDER,
            verdict: CANCEL,
        }])
        .when(Command(cancel(4)))
        .then([asked_again(&[Ask::CloseOrder(CANCEL)])]);
}

#[test]
fn a_deadline_before_the_confirmation_is_heard_asks_for_it_again() {
    let (scenario, _) = hears([
        placed(),
        reserved(),
        held(),
        arranged(),
        captured(),
        dispatched(),
    ]);
    scenario
        .when(Command(cancel(1)))
        .then([asked_again(&[Ask::ConfirmOrder])]);
}

#[test]
fn a_saga_ends_as_it_was_to_end_or_says_that_it_did_not() {
    let (closing, _) = hears([
        placed(),
        reserved(),
        cancel(1),
        voided(),
        payment_released(),
        stock_released(),
    ]);
    let outcome = closing.when(Command(confirmed()));
    assert_eq!(outcome.result.unwrap_err().heard, "the end of the order");
    Scenario::<Orchestrator>::from_state(outcome.state)
        .when(Command(cancelled()))
        .then([Event::Closed {
            order_id: ORDER,
            status: Status::Cancelled,
        }])
        .when(Command(cancelled()))
        .then_nothing();
}

#[test]
fn what_only_the_pivot_can_cause_is_not_believed_on_the_way_back() {
    for (effect, heard) in [
        (arranged(), "shipment.arranged"),
        (captured(), "payment.captured"),
        (dispatched(), "stock.dispatched"),
    ] {
        let (scenario, _) = hears([placed(), reserved(), cancel(1), voided()]);
        let rejection = scenario.when(Command(effect)).result.unwrap_err();
        assert_eq!((rejection.phase, rejection.heard), ("compensating", heard));
    }
}

#[test]
fn an_answer_about_an_order_that_was_never_heard_of_is_a_contradiction() {
    let outcome = Scenario::<Orchestrator>::given([]).when(Command(reserved()));
    assert_eq!(outcome.result.unwrap_err().phase, "not begun");
}
