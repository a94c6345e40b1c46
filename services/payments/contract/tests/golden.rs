//! The wire form of every message, as it was agreed.

use decider::golden::assert_golden;
use payments_contract::{PaymentEvent, PaymentsCommand};

#[test]
fn payment_messages_look_as_they_were_agreed() {
    assert_golden::<PaymentEvent>(
        &PaymentEvent::KINDS,
        &[
            r#"{"type":"payment.held","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            r#"{"type":"payment.rejected","order_id":"00000000-0000-0000-0000-000000000001","reason":"account_blocked"}"#,
            r#"{"type":"payment.released","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            r#"{"type":"payment.captured","order_id":"00000000-0000-0000-0000-000000000001"}"#,
        ],
    );
}

#[test]
fn payments_messages_look_as_they_were_agreed() {
    assert_golden::<PaymentsCommand>(
        &PaymentsCommand::KINDS,
        &[
            r#"{"type":"payments.hold","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            r#"{"type":"payments.release","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            r#"{"type":"payments.capture","order_id":"00000000-0000-0000-0000-000000000001"}"#,
        ],
    );
}
