//! The wire form of every message, as it was agreed: a change here breaks whoever listens.

use decider::{Incoming, Outgoing};
use shipping_contract::{ShipmentEvent, ShippingCommand};

const GOLDEN: [&str; 5] = [
    r#"{"type":"shipment.arranged","order_id":"00000000-0000-0000-0000-000000000001"}"#,
    r#"{"type":"shipment.rejected","order_id":"00000000-0000-0000-0000-000000000001","reason":"not_serviceable"}"#,
    r#"{"type":"shipment.voided","order_id":"00000000-0000-0000-0000-000000000001","reason":"customer"}"#,
    r#"{"type":"shipping.arrange","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
    r#"{"type":"shipping.void","order_id":"00000000-0000-0000-0000-000000000001","reason":"deadline"}"#,
];

/// It parses, and says the same again.
fn same<M: Incoming + Outgoing>(kind: &str, golden: &str) {
    let message = M::parse(kind, 1, golden.as_bytes()).expect("a golden message parses");
    assert_eq!(message.kind(), kind);
    assert_eq!(String::from_utf8(message.encode()).expect("text"), golden);
    assert!(
        M::parse(kind, 2, golden.as_bytes()).is_err(),
        "version 2 of {kind}"
    );
    assert!(M::parse("no.such", 1, golden.as_bytes()).is_err());
}

#[test]
fn every_message_looks_as_it_was_agreed() {
    for golden in GOLDEN {
        let value: serde_json::Value = serde_json::from_str(golden).expect("JSON");
        let kind = value["type"].as_str().expect("a type");
        match kind.split('.').next() {
            Some("shipment") => same::<ShipmentEvent>(kind, golden),
            Some("shipping") => same::<ShippingCommand>(kind, golden),
            other => panic!("whose is {other:?}?"),
        }
    }
}

#[test]
fn every_kind_has_its_golden_message() {
    let kinds = [&ShipmentEvent::KINDS[..], &ShippingCommand::KINDS[..]].concat();
    for kind in &kinds {
        assert!(
            GOLDEN
                .iter()
                .any(|golden| golden.contains(&format!("\"type\":\"{kind}\""))),
            "{kind}"
        );
    }
    assert_eq!(kinds.len(), GOLDEN.len());
}
