//! Faults of what a publisher is told, and of what a message says.

use crate::{
    traffic::{method, unit},
    wire::{Wire, ack, deliver, nack, only, publish},
};
use amq_protocol::protocol::{AMQPClass, basic};
use amqp_proxy::{Fault, OnConfirm, OnDelivery, OnPublish, Selector};

const MUTATE: [Fault; 2] = [
    Fault::Publish(OnPublish::Mutate),
    Fault::Delivery(OnDelivery::Mutate),
];

fn returned(id: &str) -> Vec<u8> {
    let returned = basic::AMQPMethod::Return(basic::Return {
        reply_code: 312,
        reply_text: "NO_ROUTE".into(),
        exchange: "e".into(),
        routing_key: "k".into(),
    });
    unit(1, AMQPClass::Basic(returned), id, b"the body", 3).concat()
}

#[test]
fn an_ack_of_a_denied_publish_is_a_nack_and_the_acks_around_it_stay_acks() {
    let mut wire = Wire::in_confirm_mode();
    let _lease = wire.arm(Fault::Confirm(OnConfirm::Nack), only("3"));
    for id in ["1", "2", "3", "4", "5"] {
        assert_eq!(wire.client_says(&publish(id)).0, publish(id));
    }
    assert_eq!(wire.broker_says(&ack(1, false)).1, ack(1, false));
    let told = [nack(3), ack(4, true)].concat();
    assert_eq!(wire.broker_says(&ack(4, true)).1, told);
    assert_eq!(wire.broker_says(&ack(5, false)).1, ack(5, false));
    assert_eq!(wire.touched(), ["3"]);
}

#[test]
fn a_nack_of_the_brokers_own_is_passed_on_without_a_receipt() {
    let mut wire = Wire::in_confirm_mode();
    let _lease = wire.arm(Fault::Confirm(OnConfirm::Nack), Selector::default());
    wire.client_says(&publish("1"));
    assert_eq!(wire.broker_says(&nack(1)).1, nack(1));
    assert!(wire.touched().is_empty());
}

#[test]
fn a_mandatory_publish_comes_back_as_it_was_and_is_then_acked() {
    let mut wire = Wire::in_confirm_mode();
    let _lease = wire.arm(Fault::Publish(OnPublish::Return), only("2"));
    assert_eq!(wire.client_says(&publish("1")).0, publish("1"));
    let told = [returned("2"), ack(2, false)].concat();
    assert_eq!(wire.client_says(&publish("2")), (vec![], told));
    assert_eq!(wire.client_says(&publish("3")).0, publish("3"));
    // The broker's second is the client's third, and the second is settled already.
    assert_eq!(wire.broker_says(&ack(2, true)).1, ack(3, true));
    assert_eq!(wire.touched(), ["2"]);
}

#[test]
fn without_confirm_mode_a_return_is_all_that_the_client_hears() {
    let mut wire = Wire::open();
    let _lease = wire.arm(Fault::Publish(OnPublish::Return), Selector::default());
    assert_eq!(wire.client_says(&publish("1")), (vec![], returned("1")));
}

#[test]
fn a_return_does_not_break_into_a_delivery_that_is_passing() {
    let mut wire = Wire::in_confirm_mode();
    wire.consume("q", "c");
    let _lease = wire.arm(Fault::Publish(OnPublish::Return), Selector::default());
    let delivery = deliver("c", 1, "1");
    let (begin, end) = delivery.split_at(delivery.len() - 10);
    let (_, passed) = wire.broker_says(begin);
    assert_eq!(wire.client_says(&publish("2")), (vec![], vec![]));
    let (_, rest) = wire.broker_says(end);
    let expected = [delivery, returned("2"), ack(1, false)].concat();
    assert_eq!([passed, rest].concat(), expected);
}

#[test]
fn a_publish_that_is_not_mandatory_passes_without_a_receipt() {
    let mut wire = Wire::in_confirm_mode();
    let _lease = wire.arm(Fault::Publish(OnPublish::Return), Selector::default());
    let publish = AMQPClass::Basic(basic::AMQPMethod::Publish(basic::Publish::default()));
    let publish = unit(1, publish, "1", b"the body", 3).concat();
    assert_eq!(wire.client_says(&publish), (publish, vec![]));
    assert!(wire.touched().is_empty());
}

#[test]
fn one_bit_of_a_mutated_body_is_another_and_the_same_one_in_every_run() {
    let run = || {
        let mut wire = Wire::in_confirm_mode();
        wire.consume("q", "c");
        let _leases = MUTATE.map(|fault| wire.arm(fault, only("1")));
        let (published, delivered) = (publish("1"), deliver("c", 1, "1"));
        let (to_broker, _) = wire.client_says(&published);
        let (_, to_client) = wire.broker_says(&delivered);
        for (before, after) in [(&published, &to_broker), (&delivered, &to_client)] {
            let bits = before.iter().zip(after).map(|(a, b)| (a ^ b).count_ones());
            assert_eq!((before.len(), bits.sum::<u32>()), (after.len(), 1));
        }
        assert_eq!(wire.touched(), ["1", "1"]);
        (to_broker, to_client)
    };
    assert_eq!(run(), run());
}

#[test]
fn a_body_of_no_octets_has_no_bit_to_turn_and_passes_without_a_receipt() {
    let mut wire = Wire::open();
    let _leases = MUTATE.map(|fault| wire.arm(fault, Selector::default()));
    let empty = unit(1, crate::traffic::publish("e", "k"), "1", b"", 1).concat();
    assert_eq!(wire.client_says(&empty).0, empty);
    let empty = unit(1, crate::traffic::deliver("c", 1, "e", "k"), "1", b"", 1).concat();
    assert_eq!(wire.broker_says(&empty).1, empty);
    assert!(wire.touched().is_empty());
    let ping = method(1, crate::traffic::confirm_select());
    assert_eq!(wire.client_says(&ping).0, ping);
}
