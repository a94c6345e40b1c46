//! The words by which states, movements and events are known in the database, in logs
//! and in metrics. A row that was written keeps its word for ever.

use super::*;
use crate::{Reservation, ledger::movements};
use decider::Participant;

fn picks() -> Vec<Pick> {
    vec![pick("cup", 1), pick("tea", 2)]
}

fn reserved() -> Event {
    let (facts, picks) = (facts(ORDER, &[("tea", 2), ("cup", 1)]), picks());
    Event::Reserved { facts, picks }
}

fn received() -> Event {
    Event::Received {
        receipt_id: Uuid::from_u128(9),
        sku: sku("tea"),
        quantity: 5,
    }
}

#[test]
fn a_state_has_one_word_and_the_units_it_is_about() {
    let words = [
        (
            Reservation::Reserved { picks: picks() },
            "reserved",
            picks(),
        ),
        (
            Reservation::Released { picks: picks() },
            "released",
            picks(),
        ),
        (
            Reservation::Dispatched { picks: picks() },
            "dispatched",
            picks(),
        ),
        (Reservation::Refused, "refused", vec![]),
        (Reservation::Voided, "voided", vec![]),
    ];
    for (reservation, word, about) in words {
        assert_eq!(reservation.label(), word);
        assert_eq!(reservation.picks(), about, "{word}");
    }
}

#[test]
fn what_moves_stock_is_in_the_ledger_once_for_each_sku_under_its_cause() {
    let rows = |event: &Event| -> Vec<_> {
        movements(event)
            .into_iter()
            .map(|m| (m.cause, m.kind, m.sku.to_string(), m.quantity))
            .collect()
    };
    let order = |kind| {
        vec![
            (ORDER.0, kind, "cup".to_owned(), 1),
            (ORDER.0, kind, "tea".to_owned(), 2),
        ]
    };
    let (order_id, picks) = (ORDER, picks());
    assert_eq!(rows(&reserved()), order("reserve"));
    assert_eq!(
        rows(&Event::Released {
            order_id,
            picks: picks.clone()
        }),
        order("release")
    );
    assert_eq!(
        rows(&Event::Dispatched { order_id, picks }),
        order("dispatch")
    );
    let receipt = (Uuid::from_u128(9), "receipt", "tea".to_owned(), 5);
    assert_eq!(rows(&received()), [receipt]);
    assert_eq!(rows(&Event::Voided { order_id }), []);
}

#[test]
fn an_event_has_one_name() {
    let (order_id, picks) = (ORDER, picks());
    let priced = Event::Priced {
        sku: sku("tea"),
        unit_price_minor: 10,
        version: 1,
    };
    let refused = Event::Refused {
        order_id,
        reason: Reason::OutOfStock,
    };
    let names = [
        (priced, "sku.priced"),
        (received(), "stock.received"),
        (reserved(), "stock.reserved"),
        (refused, "stock.rejected"),
        (
            Event::Released {
                order_id,
                picks: picks.clone(),
            },
            "stock.released",
        ),
        (Event::Voided { order_id }, "stock.voided"),
        (
            Event::ReleasedAlready { order_id },
            "stock.released_already",
        ),
        (Event::Dispatched { order_id, picks }, "stock.dispatched"),
    ];
    for (event, name) in names {
        assert_eq!(Inventory::label(&event), name);
    }
}
