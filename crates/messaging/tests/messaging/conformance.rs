//! One suite for both brokers; where they differ, [`Features`] says so.

use crate::{
    servers::Vhost,
    tally::{LOG, SERVICE, add, topology},
};
use messaging::{
    Broker, Role, Topology,
    broker::{
        BrokerError, Consumer, Delivery, Offset, Outcome, Publisher, Session, Tail,
        amqp::AmqpBroker, memory::MemoryBroker,
    },
    message::Publication,
    topology::{Queue, QueueKind},
};
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Clone, Copy)]
struct Features {
    /// RabbitMQ's quorum queues take a few messages more before they refuse.
    length_limit_is_exact: bool,
}

struct Arena<B> {
    broker: B,
    features: Features,
}

async fn memory() -> Arena<MemoryBroker> {
    Arena {
        broker: MemoryBroker::new(),
        features: Features {
            length_limit_is_exact: true,
        },
    }
}

async fn rabbitmq() -> Arena<AmqpBroker> {
    let vhost = Vhost::create().await;
    let broker =
        AmqpBroker::new(&vhost.amqp_url().await, SERVICE, "tally-1").expect("a valid address");
    Arena {
        broker,
        features: Features {
            length_limit_is_exact: false,
        },
    }
}

macro_rules! suite {
    ($($test:ident),* $(,)?) => {
        mod in_memory { $(#[tokio::test] async fn $test() { super::$test(super::memory().await).await; })* }
        mod over_amqp { $(#[tokio::test] async fn $test() { super::$test(super::rabbitmq().await).await; })* }
    };
}

suite![
    messages_arrive_in_order_and_as_they_were_sent,
    a_returned_message_is_told_by_its_id_among_many,
    a_full_queue_refuses,
    a_missing_exchange_leaves_the_outcome_unknown,
    no_more_than_the_prefetch_is_delivered,
    what_is_not_settled_comes_again_marked_and_counted,
    what_is_settled_does_not_come_again,
    a_rejected_message_is_dead_lettered,
    a_message_that_fails_too_often_is_dead_lettered,
    competing_consumers_share_a_queue,
    a_stream_is_read_from_any_offset,
    a_reader_that_keeps_looking_away_misses_nothing,
    declaring_twice_is_nothing_and_declaring_otherwise_is_refused,
    a_session_that_is_closed_frees_what_it_held,
];

impl<B: Broker> Arena<B> {
    async fn open(&self, topology: &Topology) -> (B::Session, <B::Session as Session>::Publisher) {
        let session = self.broker.connect(Role::Publish).await.expect("connected");
        session.declare(topology).await.expect("declared");
        let publisher = session.publisher().await.expect("confirms on");
        (session, publisher)
    }

    async fn consumer(
        &self,
        queue: &str,
        prefetch: u16,
    ) -> (B::Session, <B::Session as Session>::Consumer) {
        let session = self.broker.connect(Role::Consume).await.expect("connected");
        let consumer = session.consumer(queue, prefetch).await.expect("consuming");
        (session, consumer)
    }
}

fn numbered(count: u32) -> Vec<Publication> {
    (0..count)
        .map(|ordinal| add(Uuid::from_u128(7), ordinal, 1))
        .collect()
}

async fn take(consumer: &mut impl Consumer, count: usize) -> Vec<Delivery> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let patience = std::time::Duration::from_secs(30);
        let batch = tokio::time::timeout(patience, consumer.next())
            .await
            .expect("messages in time");
        taken.extend(batch.expect("a live consumer"));
    }
    taken
}

async fn messages_arrive_in_order_and_as_they_were_sent(arena: Arena<impl Broker>) {
    let (_session, mut publisher) = arena.open(&topology()).await;
    let sent = numbered(50);
    assert_eq!(
        publisher.publish(&sent).await,
        Ok(vec![Outcome::Confirmed; 50])
    );
    let (_session, mut consumer) = arena.consumer(SERVICE, 100).await;
    let got = take(&mut consumer, 50).await;
    for (sent, got) in sent.iter().zip(&got) {
        assert_eq!(got.envelope(), messaging::Envelope::parse(&sent.message));
        assert_eq!(
            (got.exchange.as_str(), got.routing_key.as_str()),
            ("events", "tally.add.choreography")
        );
        assert!(!got.redelivered);
    }
    assert!(got.windows(2).all(|pair| pair[0].tag < pair[1].tag));
}

/// F5 and F6
async fn a_returned_message_is_told_by_its_id_among_many(arena: Arena<impl Broker>) {
    let topology = Topology::new().participant(SERVICE, &["tally.add.*"]);
    let (_session, mut publisher) = arena.open(&topology).await;
    for round in 0..40_u32 {
        let mut window = numbered(30);
        let lost = |index: usize| {
            (index as u32)
                .wrapping_mul(2_654_435_761)
                .rotate_left(round)
                % 3
                == 0
        };
        for (index, publication) in window
            .iter_mut()
            .enumerate()
            .filter(|(index, _)| lost(*index))
        {
            publication.routing_key = format!("nobody.hears.{index}");
        }
        let outcomes = publisher.publish(&window).await.expect("not blocked");
        for (index, outcome) in outcomes.into_iter().enumerate() {
            let expected = if lost(index) {
                Outcome::Returned
            } else {
                Outcome::Confirmed
            };
            assert_eq!(outcome, expected, "round {round}, message {index}");
        }
    }
}

/// F3
async fn a_full_queue_refuses(arena: Arena<impl Broker>) {
    let mut topology = Topology::new().bind("narrow", "events", "#");
    let kind = QueueKind::Quorum {
        delivery_limit: None,
        dead_letter: None,
        length_max: Some(3),
    };
    topology.queues.push(Queue {
        name: "narrow".to_owned(),
        kind,
    });
    let (_session, mut publisher) = arena.open(&topology).await;
    let mut outcomes = Vec::new();
    for publication in numbered(20) {
        outcomes.extend(
            publisher
                .publish(&[publication])
                .await
                .expect("not blocked"),
        );
    }
    let refused = outcomes
        .iter()
        .filter(|outcome| **outcome == Outcome::Nacked)
        .count();
    assert_eq!(outcomes.first(), Some(&Outcome::Confirmed));
    assert_eq!(outcomes.last(), Some(&Outcome::Nacked));
    if arena.features.length_limit_is_exact {
        assert_eq!(refused, 17);
    }
}

/// F7
async fn a_missing_exchange_leaves_the_outcome_unknown(arena: Arena<impl Broker>) {
    let (session, mut publisher) = arena.open(&topology()).await;
    let mut stray = numbered(1);
    stray[0].exchange = "nowhere".into();
    assert_eq!(publisher.publish(&stray).await, Ok(vec![Outcome::Unknown]));
    drop((publisher, session));
    let (_session, mut publisher) = arena.open(&topology()).await;
    assert_eq!(
        publisher.publish(&numbered(1)).await,
        Ok(vec![Outcome::Confirmed])
    );
}

async fn no_more_than_the_prefetch_is_delivered(arena: Arena<impl Broker>) {
    let (_session, mut publisher) = arena.open(&topology()).await;
    publisher.publish(&numbered(10)).await.expect("not blocked");
    let (_session, mut consumer) = arena.consumer(SERVICE, 4).await;
    let first = take(&mut consumer, 4).await;
    assert_eq!(first.len(), 4);
    consumer
        .ack_through(first[1].tag)
        .await
        .expect("acknowledged");
    let second = take(&mut consumer, 2).await;
    assert_eq!(second.len(), 2, "two were settled, two come");
}

async fn what_is_not_settled_comes_again_marked_and_counted(arena: Arena<impl Broker>) {
    let (_session, mut publisher) = arena.open(&topology()).await;
    publisher.publish(&numbered(3)).await.expect("not blocked");
    let (session, mut consumer) = arena.consumer(SERVICE, 10).await;
    let first = take(&mut consumer, 3).await;
    consumer.ack(first[1].tag).await.expect("acknowledged");
    drop((consumer, session));
    let (_session, mut consumer) = arena.consumer(SERVICE, 10).await;
    let again = take(&mut consumer, 2).await;
    assert!(
        again
            .iter()
            .all(|delivery| delivery.redelivered && delivery.delivery_count == 1)
    );
    let ids = |deliveries: &[Delivery]| -> BTreeSet<_> {
        deliveries.iter().map(|d| d.message.id.clone()).collect()
    };
    assert_eq!(ids(&again), ids(&[first[0].clone(), first[2].clone()]));
}

async fn what_is_settled_does_not_come_again(arena: Arena<impl Broker>) {
    let (_session, mut publisher) = arena.open(&topology()).await;
    publisher.publish(&numbered(5)).await.expect("not blocked");
    let (session, mut consumer) = arena.consumer(SERVICE, 10).await;
    let taken = take(&mut consumer, 5).await;
    consumer.ack(taken[4].tag).await.expect("acknowledged");
    consumer
        .ack_through(taken[2].tag)
        .await
        .expect("acknowledged");
    assert!(consumer.ack(taken[0].tag).await.is_err(), "settled already");
    drop((consumer, session));
    let (_session, mut consumer) = arena.consumer(SERVICE, 10).await;
    let again = take(&mut consumer, 1).await;
    assert_eq!(again[0].message.id, taken[3].message.id);
}

async fn a_rejected_message_is_dead_lettered(arena: Arena<impl Broker>) {
    let (_session, mut publisher) = arena.open(&topology()).await;
    publisher.publish(&numbered(1)).await.expect("not blocked");
    let (_session, mut consumer) = arena.consumer(SERVICE, 10).await;
    let taken = take(&mut consumer, 1).await;
    consumer.reject(taken[0].tag).await.expect("rejected");
    let (_session, mut dead) = arena.consumer("tally.dead", 10).await;
    assert_eq!(take(&mut dead, 1).await[0].message.id, taken[0].message.id);
}

async fn a_message_that_fails_too_often_is_dead_lettered(arena: Arena<impl Broker>) {
    let mut topology = topology();
    for queue in &mut topology.queues {
        if let QueueKind::Quorum {
            delivery_limit: Some(limit),
            ..
        } = &mut queue.kind
        {
            *limit = 2;
        }
    }
    let (_session, mut publisher) = arena.open(&topology).await;
    publisher.publish(&numbered(1)).await.expect("not blocked");
    for attempt in 0..3 {
        let (session, mut consumer) = arena.consumer(SERVICE, 10).await;
        let taken = take(&mut consumer, 1).await;
        assert_eq!(taken[0].delivery_count, attempt);
        drop((consumer, session));
    }
    let (_session, mut dead) = arena.consumer("tally.dead", 10).await;
    assert_eq!(take(&mut dead, 1).await.len(), 1);
}

async fn competing_consumers_share_a_queue(arena: Arena<impl Broker>) {
    let (_session, mut publisher) = arena.open(&topology()).await;
    let (_first_session, mut first) = arena.consumer(SERVICE, 5).await;
    let (_second_session, mut second) = arena.consumer(SERVICE, 5).await;
    publisher.publish(&numbered(10)).await.expect("not blocked");
    let (ours, theirs) = tokio::join!(take(&mut first, 5), take(&mut second, 5));
    let ids: BTreeSet<_> = ours
        .iter()
        .chain(&theirs)
        .map(|delivery| delivery.message.id.clone())
        .collect();
    assert_eq!(ids.len(), 10);
}

async fn a_stream_is_read_from_any_offset(arena: Arena<impl Broker>) {
    let (_session, mut publisher) = arena.open(&topology()).await;
    let sent = numbered(30);
    publisher.publish(&sent).await.expect("not blocked");
    let session = arena.broker.connect(Role::Tail).await.expect("connected");
    for (from, first) in [(Offset::First, 0), (Offset::At(0), 0), (Offset::At(17), 17)] {
        let mut tail = session.tail(LOG, from, 7).await.expect("reading");
        let mut entries = Vec::new();
        while entries.len() < 30 - first {
            entries.extend(tail.next().await.expect("a live stream"));
        }
        let expected = (first as u64..30).zip(&sent[first..]);
        for ((offset, delivery), (wanted, sent)) in entries.iter().zip(expected) {
            assert_eq!((*offset, &delivery.message.id), (wanted, &sent.message.id));
        }
    }
}

/// The projector waits for entries and for its lease at once: a look that ends early must not
/// take entries along.
async fn a_reader_that_keeps_looking_away_misses_nothing(arena: Arena<impl Broker>) {
    let (_session, mut publisher) = arena.open(&topology()).await;
    publisher.publish(&numbered(30)).await.expect("not blocked");
    let session = arena.broker.connect(Role::Tail).await.expect("connected");
    let mut tail = session.tail(LOG, Offset::First, 7).await.expect("reading");
    let mut offsets = Vec::new();
    while offsets.len() < 30 {
        tokio::select! {
            biased;
            entries = tail.next() => {
                offsets.extend(entries.expect("a live stream").iter().map(|(offset, _)| *offset));
            }
            () = tokio::task::yield_now() => {}
        }
    }
    assert!(offsets.into_iter().eq(0..30));
}

/// F29
async fn declaring_twice_is_nothing_and_declaring_otherwise_is_refused(arena: Arena<impl Broker>) {
    let (session, _publisher) = arena.open(&topology()).await;
    session.declare(&topology()).await.expect("the same again");
    let mut other = topology();
    other.queues[0].kind = QueueKind::Stream {
        bytes_max: 1_000_000,
    };
    let refused = session.declare(&other).await;
    assert!(
        matches!(refused, Err(BrokerError::Refused(_))),
        "{refused:?}"
    );
}

async fn a_session_that_is_closed_frees_what_it_held(arena: Arena<impl Broker>) {
    let (_session, mut publisher) = arena.open(&topology()).await;
    publisher.publish(&numbered(1)).await.expect("not blocked");
    let (session, mut consumer) = arena.consumer(SERVICE, 10).await;
    take(&mut consumer, 1).await;
    session.close().await;
    assert!(consumer.next().await.is_err(), "ended with its session");
    drop(consumer);
    let (_session, mut consumer) = arena.consumer(SERVICE, 10).await;
    assert_eq!(take(&mut consumer, 1).await.len(), 1);
}
