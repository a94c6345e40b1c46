use crate::{
    traffic::{channel_open, channel_open_ok, confirm_select, consume, method, octets},
    wire::{HOUR, Wire, ack, channel_close, channel_close_ok, deliver, publish},
};
use amq_protocol::{
    frame::AMQPFrame,
    protocol::{AMQPClass, basic, connection},
};
use amqp_proxy::{ChannelError, Fault, OnBroker, Selector};
use std::time::Duration;

const CANCEL: Fault = Fault::Broker(OnBroker::CancelConsumer);
const NOT_FOUND: Fault = Fault::Broker(OnBroker::CloseChannel(ChannelError::NotFound));
const CLOSE: Fault = Fault::Broker(OnBroker::CloseConnection);
const BLOCKED: Fault = Fault::Broker(OnBroker::Blocked);

/// Class, method, and for a close its code.
fn says(frame: &[u8]) -> (u16, u16, u16) {
    let short = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
    (short(7), short(9), short(11))
}

fn nothing() -> (Vec<u8>, Vec<u8>) {
    Default::default()
}

fn of_queue(queue: &str) -> Selector {
    Selector {
        queue: Some(queue.into()),
        ..Selector::default()
    }
}

fn cancel(consumer: &str) -> Vec<u8> {
    let cancel = basic::AMQPMethod::Cancel(basic::Cancel {
        consumer_tag: consumer.into(),
        nowait: true,
    });
    method(1, AMQPClass::Basic(cancel))
}

fn requeue(tag: u64) -> Vec<u8> {
    let reject = basic::AMQPMethod::Reject(basic::Reject {
        delivery_tag: tag,
        requeue: true,
    });
    method(1, AMQPClass::Basic(reject))
}

fn connection_method(of: connection::AMQPMethod) -> Vec<u8> {
    method(0, AMQPClass::Connection(of))
}

#[test]
fn a_consumer_is_cancelled_on_both_sides_and_what_is_on_its_way_goes_back() {
    let mut wire = Wire::open();
    wire.consume("q", "mine");
    wire.consume("other", "yours");
    let _lease = wire.arm(CANCEL, of_queue("q"));
    assert_eq!(
        wire.release(Duration::ZERO),
        (cancel("mine"), cancel("mine"))
    );
    assert_eq!(wire.release(Duration::ZERO), nothing(), "once");
    assert_eq!(
        wire.broker_says(&deliver("mine", 1, "1")),
        (requeue(1), vec![])
    );
    let yours = wire.broker_says(&deliver("yours", 2, "2"));
    assert_eq!(yours, (vec![], deliver("yours", 1, "2")));
    let receipts = wire.receipts();
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0].what, "broker/cancel-consumer");
    assert_eq!(receipts[0].queue.as_deref(), Some("q"));
}

#[test]
fn a_consumer_that_comes_back_while_the_fault_lasts_is_cancelled_again_and_after_it_is_not() {
    let mut wire = Wire::open();
    wire.consume("q", "c");
    let lease = wire.arm(CANCEL, Selector::default());
    wire.release(Duration::ZERO);
    let (ask, answer) = consume(1, "q", "c");
    assert_eq!(wire.client_says(&ask).0, ask);
    let told = [answer.clone(), cancel("c")].concat();
    assert_eq!(wire.broker_says(&answer), (cancel("c"), told));
    drop(lease);
    wire.client_says(&ask);
    assert_eq!(wire.broker_says(&answer), (vec![], answer));
    let delivery = deliver("c", 1, "1");
    assert_eq!(
        wire.broker_says(&delivery),
        (vec![], delivery),
        "it is read again"
    );
}

#[test]
fn a_client_is_not_told_what_it_cannot_take() {
    let mut wire = Wire::open_by(&[]);
    wire.consume("q", "c");
    let _leases = [CANCEL, BLOCKED].map(|fault| wire.arm(fault, Selector::default()));
    assert_eq!(wire.release(Duration::ZERO), nothing());
    assert!(wire.receipts().is_empty() && !wire.session.is_blocked());
}

#[test]
fn a_cancel_waits_for_the_end_of_a_delivery_that_is_passing() {
    let mut wire = Wire::open();
    wire.consume("q", "c");
    let delivery = deliver("c", 1, "1");
    let (begin, end) = delivery.split_at(delivery.len() - 10);
    wire.broker_says(begin);
    let _lease = wire.arm(CANCEL, Selector::default());
    assert_eq!(wire.release(Duration::ZERO), nothing());
    let (to_broker, to_client) = wire.broker_says(end);
    assert!(to_client.ends_with(&cancel("c")) && to_client.len() > cancel("c").len());
    assert_eq!(to_broker, cancel("c"));
}

#[test]
fn a_channel_is_closed_on_both_sides_and_neither_hears_the_others_answer() {
    let mut wire = Wire::in_confirm_mode();
    wire.client_says(&publish("1"));
    let lease = wire.arm(NOT_FOUND, Selector::default());
    let (to_broker, to_client) = wire.release(Duration::ZERO);
    assert_eq!(
        (says(&to_broker), says(&to_client)),
        ((20, 40, 200), (20, 40, 404))
    );
    // What was on its way is of the past.
    assert_eq!(wire.client_says(&publish("2")), nothing());
    assert_eq!(wire.broker_says(&ack(1, false)), nothing());
    assert_eq!(wire.client_says(&channel_close_ok(1)), nothing());
    drop(lease);
    // For the client the number is free at once; the broker would not hear it before it has answered.
    assert_eq!(wire.client_says(&channel_open(1)), nothing());
    assert_eq!(
        wire.broker_says(&channel_close_ok(1)),
        (channel_open(1), vec![])
    );
    assert_eq!(
        wire.broker_says(&channel_open_ok(1)),
        (vec![], channel_open_ok(1))
    );
    let said = [method(1, confirm_select()), publish("3")].concat();
    assert_eq!(wire.client_says(&said), (said, vec![]));
    assert_eq!(wire.broker_says(&ack(1, false)), (vec![], ack(1, false)));
    let receipts = wire.receipts();
    assert_eq!((receipts.len(), receipts[0].channel), (1, 1));
}

#[test]
fn a_client_that_says_more_than_a_client_would_before_the_broker_has_answered_is_refused() {
    let mut wire = Wire::open();
    let _lease = wire.arm(NOT_FOUND, Selector::default());
    wire.release(Duration::ZERO);
    let flood = [channel_close_ok(1), channel_open(1).repeat(100_000)].concat();
    assert!(wire.client_is_refused(&flood));
}

#[test]
fn closes_that_cross_are_each_answered() {
    let mut wire = Wire::open();
    let _lease = wire.arm(NOT_FOUND, Selector::default());
    wire.release(Duration::ZERO);
    assert_eq!(
        wire.client_says(&channel_close(1)),
        (vec![], channel_close_ok(1))
    );
    assert_eq!(wire.client_says(&channel_close_ok(1)), nothing());
    assert_eq!(
        wire.broker_says(&channel_close(1)),
        (channel_close_ok(1), vec![])
    );
    assert_eq!(wire.broker_says(&channel_close_ok(1)), nothing());
}

#[test]
fn what_is_closing_already_is_not_closed_again() {
    let mut wire = Wire::open();
    wire.client_says(&channel_close(1));
    let _leases = [NOT_FOUND, CLOSE].map(|fault| wire.arm(fault, Selector::default()));
    let close = connection_method(connection::AMQPMethod::Close(connection::Close::default()));
    let (to_broker, to_client) = wire.client_says(&close);
    assert_eq!((to_broker, to_client), (close, vec![]));
    assert_eq!(wire.release(Duration::ZERO), nothing());
    assert!(wire.receipts().is_empty());
}

#[test]
fn only_the_channel_with_such_a_consumer_is_closed() {
    let mut wire = Wire::open();
    wire.open_channel(2);
    wire.consume("q", "c");
    let error = ChannelError::PreconditionFailed;
    let _lease = wire.arm(Fault::Broker(OnBroker::CloseChannel(error)), of_queue("q"));
    let (_, to_client) = wire.release(Duration::ZERO);
    assert_eq!((says(&to_client), to_client[2]), ((20, 40, 406), 1));
    assert_eq!(wire.release(Duration::ZERO), nothing());
}

#[test]
fn a_channel_that_opens_while_the_fault_lasts_is_closed_too() {
    let mut wire = Wire::open();
    let second = Selector {
        nth: Some(2),
        ..Selector::default()
    };
    let _lease = wire.arm(NOT_FOUND, second);
    assert_eq!(wire.release(Duration::ZERO), nothing());
    wire.client_says(&channel_open(2));
    let (_, to_client) = wire.broker_says(&channel_open_ok(2));
    let closed = to_client
        .strip_prefix(&channel_open_ok(2)[..])
        .expect("opened");
    assert_eq!((says(closed), closed[2]), ((20, 40, 404), 2));
}

#[test]
fn a_closed_connection_is_over_with_its_answer_or_after_two_seconds() {
    let close_ok = connection_method(connection::AMQPMethod::CloseOk(connection::CloseOk {}));
    let close = connection_method(connection::AMQPMethod::Close(connection::Close::default()));
    for answer in [Some(close_ok.clone()), Some(close), None] {
        let mut wire = Wire::open();
        let _lease = wire.arm(CLOSE, Selector::default());
        let (to_broker, to_client) = wire.release(Duration::ZERO);
        assert_eq!((to_broker, says(&to_client)), (vec![], (10, 50, 320)));
        assert_eq!(wire.client_says(&publish("1")), nothing());
        assert_eq!(wire.broker_says(&deliver("c", 1, "1")), nothing());
        assert!(!wire.session.is_over());
        match &answer {
            Some(answer) => {
                let (to_broker, to_client) = wire.client_says(answer);
                let answered = if *answer == close_ok {
                    vec![]
                } else {
                    close_ok.clone()
                };
                assert_eq!((to_broker, to_client), (vec![], answered));
            }
            None => assert_eq!(wire.release(Duration::from_secs(3)), nothing()),
        }
        assert!(wire.session.is_over());
        assert_eq!(wire.receipts().len(), 1);
    }
}

#[test]
fn a_blocked_client_is_not_to_be_read_until_the_fault_ends() {
    let mut wire = Wire::open();
    let lease = wire.arm(BLOCKED, Selector::default());
    let (_, to_client) = wire.release(Duration::ZERO);
    let (class, id, _) = says(&to_client);
    assert_eq!((class, id, wire.session.is_blocked()), (10, 60, true));
    // The broker hears that somebody lives, and so does the client.
    let beat = octets(&AMQPFrame::Heartbeat);
    assert_eq!(wire.broker_says(&beat), (beat.clone(), beat));
    assert_eq!(wire.release(HOUR / 2), nothing());
    drop(lease);
    let unblocked = connection::AMQPMethod::Unblocked(connection::Unblocked {});
    let told = wire.release(Duration::ZERO);
    assert_eq!(told, (vec![], connection_method(unblocked)));
    assert!(!wire.session.is_blocked() && !wire.session.is_waiting());
    assert_eq!(wire.receipts().len(), 1);
}
