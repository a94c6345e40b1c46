//! The wire form of every message, as it was agreed.

use decider::golden::assert_golden;
use orders_contract::{OrderCommand, OrderEvent};

#[test]
fn order_messages_look_as_they_were_agreed() {
    assert_golden::<OrderEvent>(
        &OrderEvent::KINDS,
        &[
            r#"{"type":"order.placed","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}},"version":1,"coordination":"choreography","placed_at_ms":1700000000000}"#,
            r#"{"type":"order.cancel_requested","order_id":"00000000-0000-0000-0000-000000000001","reason":"customer","attempt":1,"version":2,"coordination":"choreography"}"#,
            r#"{"type":"order.confirmed","order_id":"00000000-0000-0000-0000-000000000001","version":2,"coordination":"choreography"}"#,
            r#"{"type":"order.rejected","order_id":"00000000-0000-0000-0000-000000000001","reason":"out_of_stock","version":2,"coordination":"choreography"}"#,
            r#"{"type":"order.cancelled","order_id":"00000000-0000-0000-0000-000000000001","reason":"deadline","version":3,"coordination":"choreography"}"#,
        ],
    );
}

#[test]
fn orders_messages_look_as_they_were_agreed() {
    assert_golden::<OrderCommand>(
        &OrderCommand::KINDS,
        &[
            r#"{"type":"orders.confirm","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            r#"{"type":"orders.reject","order_id":"00000000-0000-0000-0000-000000000001","reason":"insufficient_funds"}"#,
            r#"{"type":"orders.cancel","order_id":"00000000-0000-0000-0000-000000000001","reason":"customer"}"#,
        ],
    );
}
