//! The wire form of every message, as it was agreed.

use decider::{Destination, golden::assert_golden};
use shipping_contract::{ShipmentEvent, ShippingCommand};
use uuid::Uuid;

const ORDER: Uuid = Uuid::from_u128(1);

#[test]
fn shipment_messages_look_as_they_were_agreed() {
    assert_golden::<ShipmentEvent>(
        &ShipmentEvent::KINDS,
        Destination::Events,
        Some(ORDER),
        &[
            (
                "81e31316-e339-5a0c-b9b6-ae7be8caace7",
                r#"{"type":"shipment.arranged","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
            (
                "96f6bc61-e113-59a8-a2d5-db55a520cc7d",
                r#"{"type":"shipment.rejected","order_id":"00000000-0000-0000-0000-000000000001","reason":"not_serviceable"}"#,
            ),
            (
                "5ca44aa4-3734-559c-ba6c-b499c4d57beb",
                r#"{"type":"shipment.voided","order_id":"00000000-0000-0000-0000-000000000001","reason":"customer"}"#,
            ),
        ],
    );
}

#[test]
fn shipping_messages_look_as_they_were_agreed() {
    assert_golden::<ShippingCommand>(
        &ShippingCommand::KINDS,
        Destination::Command(shipping_contract::QUEUE),
        Some(ORDER),
        &[
            (
                "65055fb6-f611-50ee-be14-1b06f82d012e",
                r#"{"type":"shipping.arrange","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            ),
            (
                "8c03893c-44b5-573a-aec2-7589a3c31c5f",
                r#"{"type":"shipping.void","order_id":"00000000-0000-0000-0000-000000000001","reason":"deadline"}"#,
            ),
        ],
    );
}
