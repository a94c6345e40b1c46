//! The wire form of every message, as it was agreed.

use decider::{Coordination, Destination, Outgoing, golden::assert_golden};
use orders_contract::{OrderCommand, OrderEvent, OrderId, Reason};
use uuid::Uuid;

const ORDER: Uuid = Uuid::from_u128(1);

#[test]
fn order_messages_look_as_they_were_agreed() {
    assert_golden::<OrderEvent>(
        &OrderEvent::KINDS,
        Destination::Events,
        Some(ORDER),
        &[
            (
                "210c24e2-2914-58a4-8682-f4b5978f3c50",
                r#"{"type":"order.placed","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}},"version":1,"coordination":"choreography","placed_at_ms":1700000000000}"#,
            ),
            (
                "77543ae3-cd52-565f-9978-aa2ce2eae581",
                r#"{"type":"order.cancel_requested","order_id":"00000000-0000-0000-0000-000000000001","reason":"customer","attempt":1,"version":2,"coordination":"choreography"}"#,
            ),
            (
                "14893918-af47-5bbc-b2e6-f19f88c1aae7",
                r#"{"type":"order.confirmed","order_id":"00000000-0000-0000-0000-000000000001","version":2,"coordination":"choreography"}"#,
            ),
            (
                "2b08fc53-f04b-5404-98be-b36e8da846f9",
                r#"{"type":"order.rejected","order_id":"00000000-0000-0000-0000-000000000001","reason":"out_of_stock","version":2,"coordination":"choreography"}"#,
            ),
            (
                "eaadb6b5-2996-5de0-b808-f42270722423",
                r#"{"type":"order.cancelled","order_id":"00000000-0000-0000-0000-000000000001","reason":"deadline","version":3,"coordination":"choreography"}"#,
            ),
        ],
    );
}

#[test]
fn orders_messages_look_as_they_were_agreed() {
    assert_golden::<OrderCommand>(
        &OrderCommand::KINDS,
        Destination::Command(orders_contract::QUEUE),
        Some(ORDER),
        &[
            (
                "1d02e482-1ffb-5376-93aa-2235fcc0b5b2",
                r#"{"type":"orders.confirm","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
            (
                "e42fa5d4-fb40-5681-9ef4-5c4b0b53fb21",
                r#"{"type":"orders.reject","order_id":"00000000-0000-0000-0000-000000000001","reason":"insufficient_funds"}"#,
            ),
            (
                "862bc4b5-3515-59c4-99ba-0422f4c13f67",
                r#"{"type":"orders.cancel","order_id":"00000000-0000-0000-0000-000000000001","reason":"customer"}"#,
            ),
        ],
    );
}

#[test]
fn an_event_of_an_order_says_how_the_order_is_coordinated() {
    for coordination in Coordination::ALL {
        let confirmed = OrderEvent::Confirmed {
            order_id: OrderId(ORDER),
            version: 2,
            coordination,
        };
        assert_eq!(confirmed.coordination(), Some(coordination));
    }
}

#[test]
fn each_attempt_to_cancel_is_a_message_of_its_own() {
    let attempt = |attempt| OrderEvent::CancelRequested {
        order_id: OrderId(ORDER),
        reason: Reason::Deadline,
        attempt,
        version: 2,
        coordination: Coordination::Choreography,
    };
    assert_eq!(attempt(1).id(), attempt(1).id());
    assert_ne!(attempt(1).id(), attempt(2).id());
}
