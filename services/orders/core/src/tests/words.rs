//! The names by which events are known in logs and in metrics.

use super::*;
use decider::Participant;

#[test]
fn an_event_has_one_name() {
    let (order_id, reason) = (ORDER, Reason::Customer);
    let learned = Event::PriceLearned {
        sku: sku("tea"),
        unit_price_minor: 40,
        version: 1,
    };
    let names = [
        (placed(), "order.placed"),
        (
            cancel_requested(reason, 1, 2, DEADLINE_AT_MS),
            "order.cancel_requested",
        ),
        (learned, "order.price_learned"),
        (Event::PivotNoted { order_id }, "order.pivot_noted"),
        (Event::CaptureNoted { order_id }, "order.capture_noted"),
        (Event::DispatchNoted { order_id }, "order.dispatch_noted"),
        (Event::Confirmed(ending(2)), "order.confirmed"),
        (
            Event::Rejected {
                reason,
                ending: ending(2),
            },
            "order.rejected",
        ),
        (
            Event::Cancelled {
                reason,
                ending: ending(2),
            },
            "order.cancelled",
        ),
    ];
    for (event, name) in names {
        assert_eq!(Orders::label(&event), name);
    }
}
