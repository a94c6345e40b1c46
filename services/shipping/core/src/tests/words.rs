//! The words by which states and events are known in the database, in logs and in
//! metrics. A row that was written keeps its word for ever.

use super::*;
use crate::Shipment;
use decider::Participant;

#[test]
fn what_became_of_a_shipment_has_one_word() {
    let (reason, elsewhere) = (Reason::NotServiceable, ship_to("AQ"));
    let arranged = Shipment::Arranged {
        ship_to: ship_to("NO"),
    };
    let refused = Shipment::Refused {
        ship_to: elsewhere,
        reason,
    };
    let voided = Shipment::Voided { reason };
    let words = [arranged, refused, voided].map(|shipment| shipment.label());
    assert_eq!(words, ["arranged", "refused", "voided"]);
}

#[test]
fn an_event_has_the_name_of_the_message_it_says() {
    let refused = Event::Refused {
        order_id: ORDER,
        ship_to: ship_to("AQ"),
        reason: Reason::NotServiceable,
    };
    let names = [arranged(), refused, voided()].map(|event| Shipping::label(&event));
    assert_eq!(
        names,
        ["shipment.arranged", "shipment.rejected", "shipment.voided"]
    );
}
