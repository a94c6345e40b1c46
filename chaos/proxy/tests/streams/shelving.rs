use crate::{
    traffic::{confirm_select, method},
    wire::{HOUR, Wire, ack, channel_close, deliver, only, publish},
};
use amq_protocol::protocol::{AMQPClass, basic};
use amqp_proxy::{Fault, OnDelivery, OnPublish, Selector};
use std::time::Duration;

const HOLD_PUBLISH: Fault = Fault::Publish(OnPublish::Hold);
const HOLD_DELIVERY: Fault = Fault::Delivery(OnDelivery::Hold);
const REORDER_PUBLISH: Fault = Fault::Publish(OnPublish::Reorder);
const REORDER_DELIVERY: Fault = Fault::Delivery(OnDelivery::Reorder);

fn nothing() -> (Vec<u8>, Vec<u8>) {
    Default::default()
}

fn to_broker(octets: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    (octets, vec![])
}

fn to_client(octets: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    (vec![], octets)
}

fn cancel_ok(consumer: &str) -> Vec<u8> {
    let cancelled = basic::AMQPMethod::CancelOk(basic::CancelOk {
        consumer_tag: consumer.into(),
    });
    method(1, AMQPClass::Basic(cancelled))
}

fn requeue(tag: u64) -> Vec<u8> {
    let reject = basic::AMQPMethod::Reject(basic::Reject {
        delivery_tag: tag,
        requeue: true,
    });
    method(1, AMQPClass::Basic(reject))
}

#[test]
fn a_held_publish_waits_for_the_end_of_the_fault_and_each_confirm_finds_its_own() {
    let mut wire = Wire::in_confirm_mode();
    let lease = wire.arm(HOLD_PUBLISH, only("1"));
    assert_eq!(wire.client_says(&publish("1")), nothing());
    for id in ["2", "3"] {
        assert_eq!(wire.client_says(&publish(id)), to_broker(publish(id)));
    }
    // The broker's first two are the client's second and third, and none below is confirmed.
    let told = [ack(2, false), ack(3, false)].concat();
    assert_eq!(wire.broker_says(&ack(2, true)), to_client(told));
    drop(lease);
    assert_eq!(wire.release(Duration::ZERO), to_broker(publish("1")));
    assert_eq!(wire.broker_says(&ack(3, false)), to_client(ack(1, false)));
    assert_eq!(wire.touched(), ["1"]);
    assert!(!wire.session.is_waiting());
}

#[test]
fn held_deliveries_of_one_queue_come_in_their_order_and_the_other_queues_before() {
    let mut wire = Wire::open();
    wire.consume("cut off", "a");
    wire.consume("reached", "b");
    let which = Selector {
        queue: Some("cut off".into()),
        ..Selector::default()
    };
    let lease = wire.arm(HOLD_DELIVERY, which);
    assert_eq!(wire.broker_says(&deliver("a", 1, "1")), nothing());
    assert_eq!(wire.broker_says(&deliver("a", 2, "2")), nothing());
    let passed = wire.broker_says(&deliver("b", 3, "3"));
    assert_eq!(passed, to_client(deliver("b", 1, "3")), "tags have no gap");
    // All that the client has seen, and nothing that it has not.
    assert_eq!(wire.client_says(&ack(1, true)), to_broker(ack(3, false)));
    assert_eq!(wire.release(HOUR / 2), nothing());
    drop(lease);
    let late = [deliver("a", 2, "1"), deliver("a", 3, "2")].concat();
    assert_eq!(wire.release(Duration::ZERO), to_client(late));
    assert_eq!(wire.client_says(&ack(3, true)), to_broker(ack(2, true)));
    assert_eq!(wire.touched(), ["1", "2"]);
}

#[test]
fn a_renewed_lease_holds_on_and_one_that_runs_out_lets_go() {
    let mut wire = Wire::open();
    let _lease = wire.arm(HOLD_PUBLISH, Selector::default());
    wire.client_says(&publish("1"));
    assert_eq!(wire.release(HOUR - Duration::from_secs(60)), nothing());
    assert_eq!(wire.release(HOUR), to_broker(publish("1")));
}

#[test]
fn what_is_held_never_breaks_into_a_unit_that_is_passing() {
    let mut wire = Wire::open();
    let lease = wire.arm(HOLD_PUBLISH, only("1"));
    wire.client_says(&publish("1"));
    wire.faults.heal();
    drop(lease);
    let passing = publish("2");
    let (begin, end) = passing.split_at(passing.len() - 10);
    let (first, _) = wire.client_says(begin);
    assert_eq!(wire.release(Duration::ZERO), nothing());
    let (rest, _) = wire.client_says(end);
    let expected = [passing, publish("1")].concat();
    assert_eq!([first, rest].concat(), expected);
}

#[test]
fn a_channel_that_its_client_closes_has_said_what_was_held() {
    let mut wire = Wire::in_confirm_mode();
    let _lease = wire.arm(HOLD_PUBLISH, Selector::default());
    wire.client_says(&publish("1"));
    let said = [publish("1"), channel_close(1)].concat();
    assert_eq!(wire.client_says(&channel_close(1)), to_broker(said));
}

#[test]
fn a_consumer_that_ends_gives_back_what_was_held_of_its_deliveries() {
    let mut wire = Wire::open();
    wire.consume("q", "a");
    let lease = wire.arm(HOLD_DELIVERY, Selector::default());
    wire.broker_says(&deliver("a", 1, "1"));
    let cancelled = wire.broker_says(&cancel_ok("a"));
    assert_eq!(cancelled, (requeue(1), cancel_ok("a")));
    drop(lease);
    assert_eq!(wire.release(Duration::ZERO), nothing());
}

#[test]
fn a_publish_held_from_before_confirm_mode_is_confirmed_to_nobody() {
    let mut wire = Wire::open();
    let lease = wire.arm(HOLD_PUBLISH, only("1"));
    wire.client_says(&publish("1"));
    wire.client_says(&method(1, confirm_select()));
    drop(lease);
    assert_eq!(wire.release(Duration::ZERO), to_broker(publish("1")));
    wire.client_says(&publish("2"));
    assert_eq!(wire.broker_says(&ack(1, false)), nothing());
    assert_eq!(wire.broker_says(&ack(2, false)), to_client(ack(1, false)));
}

#[test]
fn beyond_its_bound_a_hold_lets_messages_pass_without_a_receipt() {
    let mut wire = Wire::open();
    let _lease = wire.arm(HOLD_PUBLISH, Selector::default());
    for _ in 0..4096 {
        assert_eq!(wire.client_says(&publish("1")), nothing());
    }
    assert_eq!(wire.client_says(&publish("2")), to_broker(publish("2")));
    assert!(wire.touched().iter().all(|id| id == "1"));
}

#[test]
fn a_reordered_message_goes_behind_the_next_one_in_either_direction() {
    let mut wire = Wire::in_confirm_mode();
    wire.consume("q", "c");
    let _leases = [REORDER_PUBLISH, REORDER_DELIVERY].map(|fault| wire.arm(fault, only("1")));
    assert_eq!(wire.client_says(&publish("1")), nothing());
    let swapped = [publish("2"), publish("1")].concat();
    assert_eq!(wire.client_says(&publish("2")), to_broker(swapped));
    assert_eq!(wire.broker_says(&ack(1, false)), to_client(ack(2, false)));
    assert_eq!(wire.broker_says(&ack(2, false)), to_client(ack(1, false)));

    assert_eq!(wire.broker_says(&deliver("c", 1, "1")), nothing());
    let swapped = [deliver("c", 1, "2"), deliver("c", 2, "1")].concat();
    assert_eq!(wire.broker_says(&deliver("c", 2, "2")), to_client(swapped));
    assert_eq!(wire.client_says(&ack(1, false)), to_broker(ack(2, false)));
    assert_eq!(wire.client_says(&ack(2, false)), to_broker(ack(1, false)));
    assert_eq!(wire.touched(), ["1", "1"]);
}

#[test]
fn when_all_are_to_be_reordered_they_change_places_in_pairs() {
    let mut wire = Wire::open();
    let _lease = wire.arm(REORDER_PUBLISH, Selector::default());
    let said: Vec<_> = ["1", "2", "3", "4"].map(publish).concat();
    let heard: Vec<_> = ["2", "1", "4", "3"].map(publish).concat();
    assert_eq!(wire.client_says(&said), to_broker(heard));
    assert_eq!(wire.touched(), ["1", "3"]);
}

#[test]
fn a_reordered_message_that_nothing_overtakes_goes_alone() {
    let mut wire = Wire::open();
    let _lease = wire.arm(REORDER_PUBLISH, Selector::default());
    wire.client_says(&publish("1"));
    assert_eq!(wire.release(Duration::ZERO), nothing());
    assert_eq!(
        wire.release(Duration::from_secs(1)),
        to_broker(publish("1"))
    );
}
