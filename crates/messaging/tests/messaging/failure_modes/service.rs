//! Under a running service.

use super::*;

/// F1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f1_an_event_whose_confirm_is_lost_goes_out_again_under_its_id() {
    let mut world = World::start().await;
    world.middleman.swallow_confirms(true);
    world.send(&[add(COUNTER, 1, 1)]).await;
    until("a confirm swallowed", || world.middleman.swallowed() > 0).await;
    world.becomes(1).await;
    assert_eq!(
        world.store.outbox_level().await.expect("counted").rows,
        1,
        "unconfirmed is owed"
    );
    world.middleman.swallow_confirms(false);
    world.owes_nothing().await;
    let told = world.told(|told| told.len() >= 2).await;
    assert_eq!(told[0].id, told[1].id);
    assert_eq!(world.total().await, 1);
}

/// F12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f12_connections_closed_by_force_are_built_anew() {
    let mut world = World::start().await;
    let names = eventually("connections listed", async || {
        let mut names = world.vhost.connection_names().await;
        names.sort();
        (names.len() == 3).then_some(names)
    });
    assert_eq!(
        names.await,
        [
            "probe/probe-1/publish",
            "tally/tally-1/consume",
            "tally/tally-1/publish"
        ]
    );
    assert_eq!(world.vhost.close_connections().await, 3);
    let direct = AmqpBroker::new(&world.vhost.amqp_url().await, "probe", "probe-2")
        .expect("a valid address");
    let session = direct.connect(Role::Publish).await.expect("connected");
    let publisher = session.publisher().await.expect("confirms on");
    world.probe = (session, publisher);
    world.send(&[add(COUNTER, 1, 1)]).await;
    world.becomes(1).await;
    world.owes_nothing().await;
    world.told_exactly(1).await;
}

/// F14 and F32: committed, and the acknowledgement is lost with the connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f14_an_effect_whose_acknowledgement_is_lost_is_not_repeated() {
    let mut world = World::start().await;
    world.middleman.swallow_acks(true);
    let messages: Vec<_> = (0..20).map(|ordinal| add(COUNTER, ordinal, 1)).collect();
    world.send(&messages).await;
    until("an acknowledgement swallowed", || {
        world.middleman.swallowed() > 0
    })
    .await;
    world.becomes(20).await;
    world.middleman.swallow_acks(false);
    world.middleman.cut();
    // Behind the redelivered ones in the queue: when it is handled, they were.
    world.send(&[add(COUNTER, 100, 5)]).await;
    world.becomes(25).await;
    world.owes_nothing().await;
    world.told_exactly(21).await;
}

/// F15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f15_a_duplicate_of_a_publisher_is_seen_by_its_id() {
    let mut world = World::start().await;
    world.send(&[add(COUNTER, 1, 1), add(COUNTER, 1, 1)]).await;
    world.becomes(1).await;
    world.send(&[add(COUNTER, 1, 1), add(COUNTER, 2, 1)]).await;
    world.becomes(2).await;
}

/// F16: an acknowledgement that the broker does not know closes the channel.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_a_channel_exception_rebuilds_the_consumer() {
    let mut world = World::start().await;
    // Of a session, 1 declared and is closed, 2 is the consumer's; a number is reused.
    for channel in [1, 2] {
        world.middleman.forge_ack(channel).await;
    }
    until("noticed", || !world.consuming.load(Ordering::SeqCst)).await;
    world.ready().await;
    for ordinal in 0..5 {
        world.send(&[add(COUNTER, ordinal, 1)]).await;
        world.becomes(i64::from(ordinal) + 1).await;
    }
    world.owes_nothing().await;
}

/// F17
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_deleted_queue_is_declared_and_consumed_again() {
    let mut world = World::start().await;
    world.vhost.delete_queue(SERVICE).await;
    until("noticed", || !world.consuming.load(Ordering::SeqCst)).await;
    world.ready().await;
    world.send(&[add(COUNTER, 1, 1)]).await;
    world.becomes(1).await;
}

/// F19 and F37
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f19_f37_poison_is_quarantined_with_its_reason_and_its_neighbours_go_on() {
    let mut world = World::start().await;
    let poison = [
        garbage(COUNTER, 1),
        add(COUNTER, 2, PANIC),
        add(COUNTER, 3, UNSTORABLE),
    ];
    let mut messages: Vec<_> = (10..30).map(|ordinal| add(COUNTER, ordinal, 1)).collect();
    for (place, message) in poison.into_iter().enumerate() {
        messages.insert(place * 7, message);
    }
    world.send(&messages).await;
    world.becomes(20).await;
    let dead = world.dead(3).await;
    let mut reasons: Vec<_> = dead
        .iter()
        .filter_map(|letter| letter.headers.text(DEAD_REASON))
        .collect();
    reasons.sort_unstable();
    assert!(reasons[0].starts_with("malformed body"), "{reasons:?}");
    assert!(
        reasons[1].starts_with("new row for relation \"counters\""),
        "{reasons:?}"
    );
    assert_eq!(reasons[2], "panic: unlucky number");
}

/// F40: backends die under a stream of messages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f40_terminated_backends_lose_and_repeat_nothing() {
    let mut world = World::start().await;
    for round in 0..10_u32 {
        let messages: Vec<_> = (0..50).map(|n| add(COUNTER, round * 50 + n, 1)).collect();
        world.send(&messages).await;
        terminate_backends(&world.store).await;
    }
    world.becomes(500).await;
    world.owes_nothing().await;
    world.told_exactly(500).await;
    world.service.drain(Duration::from_secs(10)).await;
}
