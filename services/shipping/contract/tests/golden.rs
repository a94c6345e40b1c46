//! The wire form of every message, as it was agreed.

use decider::golden::assert_golden;
use shipping_contract::{ShipmentEvent, ShippingCommand};

#[test]
fn shipment_messages_look_as_they_were_agreed() {
    assert_golden::<ShipmentEvent>(
        &ShipmentEvent::KINDS,
        &[
            r#"{"type":"shipment.arranged","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            r#"{"type":"shipment.rejected","order_id":"00000000-0000-0000-0000-000000000001","reason":"not_serviceable"}"#,
            r#"{"type":"shipment.voided","order_id":"00000000-0000-0000-0000-000000000001","reason":"customer"}"#,
        ],
    );
}

#[test]
fn shipping_messages_look_as_they_were_agreed() {
    assert_golden::<ShippingCommand>(
        &ShippingCommand::KINDS,
        &[
            r#"{"type":"shipping.arrange","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            r#"{"type":"shipping.void","order_id":"00000000-0000-0000-0000-000000000001","reason":"deadline"}"#,
        ],
    );
}
