use crate::{
    traffic::{method, octets},
    wire::{Wire, deliver, publish},
};
use amq_protocol::{
    frame::{AMQPContentHeader, AMQPFrame},
    protocol::BasicProperties,
    types::{AMQPValue, FieldTable},
};
use amqp_proxy::{Fault, OnDelivery, OnPublish, Selector, Told, Upstream, properties::header};

const LOSE: Fault = Fault::Publish(OnPublish::Drop(Told::Nothing));

fn with_headers(headers: &[(&str, AMQPValue)]) -> Vec<u8> {
    let mut table = FieldTable::default();
    for (name, value) in headers {
        table.insert((*name).into(), value.clone());
    }
    let header = AMQPContentHeader {
        class_id: 60,
        body_size: 0,
        properties: BasicProperties::default()
            .with_content_encoding("utf-8".into())
            .with_headers(table)
            .with_message_id("1".into()),
    };
    octets(&AMQPFrame::Header(1, header))
}

fn published_with(headers: &[(&str, AMQPValue)]) -> Vec<u8> {
    let publish = method(1, crate::traffic::publish("e", "k"));
    [publish, with_headers(headers)].concat()
}

#[test]
fn a_rule_for_a_connection_touches_the_one_that_its_client_gave_this_name() {
    for (name, chosen) in [("orders", true), ("payments", false)] {
        let mut wire = Wire::open();
        let which = Selector {
            connection: Some(name.into()),
            ..Selector::default()
        };
        let _lease = wire.arm(LOSE, which);
        let (broker, _) = wire.client_says(&publish("1"));
        assert_eq!(broker.is_empty(), chosen, "{name}");
        let names: Vec<_> = (wire.receipts().into_iter())
            .filter_map(|receipt| receipt.connection)
            .collect();
        assert_eq!(names, vec!["orders"; usize::from(chosen)]);
    }
}

#[test]
fn a_rule_for_a_consumer_touches_its_deliveries_and_no_others() {
    let mut wire = Wire::open();
    wire.consume("q", "mine");
    wire.consume("q", "yours");
    let which = Selector {
        consumer: Some("mine".into()),
        ..Selector::default()
    };
    let _lease = wire.arm(Fault::Delivery(OnDelivery::Drop(Upstream::Nothing)), which);
    let yours = deliver("yours", 1, "1");
    assert_eq!(wire.broker_says(&yours), (vec![], yours));
    let mine = deliver("mine", 2, "2");
    assert_eq!(wire.broker_says(&mine), (vec![], vec![]));
    assert_eq!(wire.touched(), ["2"]);
}

#[test]
fn a_rule_for_a_header_reads_text_and_numbers_as_they_are_written() {
    let headers = [
        ("nested", AMQPValue::FieldTable(FieldTable::default())),
        ("customer", AMQPValue::LongString("alice".into())),
        ("attempt", AMQPValue::LongInt(-3)),
        ("size", AMQPValue::LongLongInt(5_000_000_000)),
        ("last", AMQPValue::Boolean(true)),
    ];
    for (name, value, chosen) in [
        ("customer", "alice", true),
        ("customer", "bob", false),
        ("attempt", "-3", true),
        ("size", "5000000000", true),
        ("last", "true", true),
        ("nested", "", false),
        ("nothing", "alice", false),
    ] {
        let mut wire = Wire::open();
        let which = Selector {
            header: Some((name.into(), value.into())),
            ..Selector::default()
        };
        let _lease = wire.arm(LOSE, which);
        let (broker, _) = wire.client_says(&published_with(&headers));
        assert_eq!(broker.is_empty(), chosen, "{name}={value}");
    }
}

#[test]
fn headers_that_are_cut_short_anywhere_are_read_as_absent_or_as_they_are() {
    let whole = with_headers(&[("a", AMQPValue::LongString("b".into()))]);
    let payload = &whole[7..whole.len() - 1];
    assert_eq!(header(payload, b"a").as_deref(), Some(&b"b"[..]));
    for end in 0..payload.len() {
        let found = header(&payload[..end], b"a");
        assert!(found.is_none() || found.as_deref() == Some(b"b"), "{end}");
    }
}

#[test]
fn a_receipt_names_the_trace_of_its_message_if_the_message_does() {
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    for (parent, trace) in [
        (format!("00-{id}-00f067aa0ba902b7-01"), Some(id)),
        (format!("00-{id}"), None),
        (format!("00-{}-00f067aa0ba902b7-01", &id[1..]), None),
        ("nonsense".into(), None),
    ] {
        let mut wire = Wire::open();
        let _lease = wire.arm(LOSE, Selector::default());
        let value = AMQPValue::LongString(parent.as_str().into());
        wire.client_says(&published_with(&[("traceparent", value)]));
        let traces: Vec<_> =
            (wire.receipts().into_iter().map(|receipt| receipt.trace_id)).collect();
        assert_eq!(traces, [trace.map(String::from)], "{parent}");
    }
}
