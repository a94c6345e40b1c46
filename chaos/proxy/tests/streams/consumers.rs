use amqp_proxy::consumers::Consumers;

fn queue_of(consumers: &Consumers, tag: &str) -> Option<String> {
    let consumer = consumers.of(tag.as_bytes())?;
    Some(String::from_utf8_lossy(&consumer.queue).into_owned())
}

#[test]
fn a_consumer_reads_the_queue_it_named_under_the_tag_the_broker_gave() {
    let mut consumers = Consumers::default();
    consumers.consume(b"orders", b"", true, false);
    assert_eq!(queue_of(&consumers, "amq.ctag-1"), None);
    consumers.consume_ok(b"amq.ctag-1");
    assert_eq!(
        queue_of(&consumers, "amq.ctag-1").as_deref(),
        Some("orders")
    );
    assert!(
        consumers
            .of(b"amq.ctag-1")
            .is_some_and(|consumer| consumer.no_ack)
    );
    consumers.cancelled(b"amq.ctag-1");
    assert_eq!(queue_of(&consumers, "amq.ctag-1"), None);
}

#[test]
fn an_empty_name_is_the_queue_that_was_declared_last_and_named_by_the_broker() {
    let mut consumers = Consumers::default();
    consumers.declare(b"orders", false);
    consumers.declare_ok(b"orders");
    consumers.declare(b"", false);
    consumers.declare_ok(b"amq.gen-1");
    consumers.consume(b"", b"mine", false, false);
    consumers.consume_ok(b"mine");
    assert_eq!(queue_of(&consumers, "mine").as_deref(), Some("amq.gen-1"));
}

#[test]
fn requests_that_are_sent_without_waiting_are_understood_in_their_order() {
    let mut consumers = Consumers::default();
    consumers.declare(b"", false);
    consumers.consume(b"", b"first", false, false);
    consumers.declare(b"second", true);
    consumers.consume(b"", b"third", false, true);
    assert_eq!(
        queue_of(&consumers, "third"),
        None,
        "the first name is still to come"
    );
    consumers.declare_ok(b"amq.gen-1");
    consumers.consume_ok(b"first");
    assert_eq!(queue_of(&consumers, "first").as_deref(), Some("amq.gen-1"));
    assert_eq!(queue_of(&consumers, "third").as_deref(), Some("second"));
}
