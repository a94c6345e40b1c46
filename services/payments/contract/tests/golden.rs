//! The wire form of every message, as it was agreed.

use decider::{Destination, golden::assert_golden};
use payments_contract::{PaymentEvent, PaymentsCommand};
use uuid::Uuid;

const ORDER: Uuid = Uuid::from_u128(1);

#[test]
fn payment_messages_look_as_they_were_agreed() {
    assert_golden::<PaymentEvent>(
        &PaymentEvent::KINDS,
        Destination::Events,
        Some(ORDER),
        &[
            (
                "ff8187dc-bccc-54ad-be98-27815c0bce0d",
                r#"{"type":"payment.held","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            ),
            (
                "60ab26de-4165-54d8-9b7b-572783fa3c61",
                r#"{"type":"payment.rejected","order_id":"00000000-0000-0000-0000-000000000001","reason":"account_blocked"}"#,
            ),
            (
                "ed90ac86-a371-5129-a01d-97422fedd0b1",
                r#"{"type":"payment.released","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
            (
                "e9de88a8-e0f0-585c-ba1f-eff0492e4038",
                r#"{"type":"payment.captured","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
        ],
    );
}

#[test]
fn payments_messages_look_as_they_were_agreed() {
    assert_golden::<PaymentsCommand>(
        &PaymentsCommand::KINDS,
        Destination::Command(payments_contract::QUEUE),
        Some(ORDER),
        &[
            (
                "940565f9-220e-5d71-97f9-e711c9297ffd",
                r#"{"type":"payments.hold","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            ),
            (
                "4de5070b-b169-53d9-8db8-061aefde1c1f",
                r#"{"type":"payments.release","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
            (
                "742f63c6-089c-5df7-b0c4-700c25a4723d",
                r#"{"type":"payments.capture","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
        ],
    );
}
