//! What orders hears of the pivot and of its two effects, and what can then no longer be.

use super::*;

fn note_pivot() -> Command {
    Command::NotePivot { order_id: ORDER }
}

fn pivot_noted() -> Event {
    Event::PivotNoted { order_id: ORDER }
}

fn contradiction(status: Status, heard: &'static str) -> Rejection {
    Rejection::Contradiction {
        order_id: ORDER,
        status,
        heard,
    }
}

fn cancelled() -> Event {
    Event::Cancelled {
        reason: Reason::Customer,
        ending: ending(2),
    }
}

#[test]
fn the_pivot_is_noted_once_and_not_after_the_end() {
    world()
        .and([placed()])
        .when(note_pivot())
        .then([pivot_noted()])
        .when(note_pivot())
        .then_nothing()
        .and([Event::Confirmed(ending(2))])
        .when(note_pivot())
        .then_nothing();
}

#[test]
fn the_orchestrator_confirms_an_order_once() {
    let confirm = Command::Confirm {
        order_id: ORDER,
        now_ms: NOW_MS,
    };
    world()
        .and([placed()])
        .when(confirm.clone())
        .then([Event::Confirmed(ending(2))])
        .when(confirm.clone())
        .then_nothing();
    world()
        .and([placed(), cancelled()])
        .when(confirm)
        .then_refused(contradiction(Status::Cancelled, "a confirmation"));
}

#[test]
fn what_only_the_pivot_can_cause_rules_out_an_undoing_also_if_the_pivot_itself_is_not_heard() {
    let signs = [
        pivot_noted(),
        Event::CaptureNoted { order_id: ORDER },
        Event::DispatchNoted { order_id: ORDER },
    ];
    for sign in signs {
        world()
            .and([placed(), sign.clone()])
            .when(reject())
            .then_refused(contradiction(Status::Placed, "a refusal"))
            .when(cancel())
            .then_refused(contradiction(Status::Placed, "a cancel"));
    }
}

#[test]
fn what_only_the_pivot_can_cause_is_not_believed_of_an_order_that_is_undone() {
    let undone = || world().and([placed(), cancelled()]);
    undone()
        .when(note_pivot())
        .then_refused(contradiction(Status::Cancelled, "shipment.arranged"));
    undone()
        .when(dispatched())
        .then_refused(contradiction(Status::Cancelled, "stock.dispatched"));
}

#[test]
fn a_customer_who_cancels_what_is_undone_has_what_was_wanted() {
    let request = || Command::RequestCancel { order_id: ORDER };
    world()
        .and([placed(), cancelled()])
        .when(request())
        .then_nothing();
    world()
        .and([placed(), Event::Confirmed(ending(2))])
        .when(request())
        .then_refused(Rejection::PastPivot(ORDER));
}
