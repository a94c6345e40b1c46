//! The words by which states, purses and events are known in the database, in logs
//! and in metrics. A row that was written keeps its word for ever.

use super::*;
use crate::{Payment, ledger::Purse};
use decider::Participant;

#[test]
fn a_state_has_one_word_and_the_charge_it_is_about() {
    let charge = charge(60);
    let words = [
        (Payment::Held(charge.clone()), "held", Some(&charge)),
        (Payment::Released(charge.clone()), "released", Some(&charge)),
        (Payment::Captured(charge.clone()), "captured", Some(&charge)),
        (Payment::Refused(charge.clone()), "refused", Some(&charge)),
        (Payment::Voided, "voided", None),
    ];
    for (payment, word, about) in words {
        assert_eq!(payment.label(), word);
        assert_eq!(payment.charge(), about, "{word}");
    }
}

#[test]
fn a_purse_has_one_word() {
    let purses = [
        Purse::Funding,
        Purse::Available,
        Purse::Held,
        Purse::Captured,
    ];
    let words = ["funding", "available", "held", "captured"];
    assert_eq!(purses.map(Purse::as_str), words);
}

#[test]
fn an_event_has_one_name() {
    let (order_id, charge) = (ORDER, charge(60));
    let deposited = Event::Deposited {
        deposit_id: Uuid::from_u128(9),
        customer: ada(),
        amount_minor: 100,
    };
    let names = [
        (deposited, "account.deposited"),
        (Event::Blocked { customer: ada() }, "account.blocked"),
        (
            Event::Held {
                facts: facts(order_id, 60),
            },
            "payment.held",
        ),
        (refused(Reason::InsufficientFunds), "payment.rejected"),
        (
            Event::Released {
                order_id,
                charge: charge.clone(),
            },
            "payment.released",
        ),
        (Event::Voided { order_id }, "payment.voided"),
        (
            Event::ReleasedAlready { order_id },
            "payment.released_already",
        ),
        (Event::Captured { order_id, charge }, "payment.captured"),
    ];
    for (event, name) in names {
        assert_eq!(Payments::label(&event), name);
    }
}
