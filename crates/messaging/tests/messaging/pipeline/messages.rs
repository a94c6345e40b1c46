//! Messages: once each, and poison apart.

use super::*;

#[tokio::test(start_paused = true)]
async fn messages_are_handled_once_and_told_on() {
    let world = World::start().await;
    for ordinal in 0..100 {
        world.broker.publish(&add(COUNTER, ordinal, 1));
    }
    world.quiet().await;
    assert_eq!(world.total(), 100);
    assert_eq!(world.told_of_counter(), 100);
    let told = world.told();
    let last = messaging::Envelope::parse(told.last().expect("told")).expect("an envelope");
    assert_eq!(
        last.coordination,
        Some(decider::Coordination::Choreography),
        "inherited from its cause"
    );
    assert!(last.causation_id.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_trace_goes_on_through_a_service_that_records_none() {
    let world = World::start().await;
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let mut traced = add(COUNTER, 1, 1);
    let value = messaging::message::Value::Text(parent.to_owned());
    traced.message.headers.set("traceparent", value);
    world.broker.publish(&traced);
    world.quiet().await;
    let told = world.told();
    let told = told.last().expect("told");
    assert_eq!(told.headers.text("traceparent"), Some(parent));
}

/// F15: a publisher's retry is a duplicate that the broker knows nothing of.
#[tokio::test(start_paused = true)]
async fn a_duplicate_that_is_not_marked_redelivered_has_no_effect() {
    let world = World::start().await;
    for _ in 0..3 {
        world.broker.publish(&add(COUNTER, 0, 5));
    }
    world.quiet().await;
    world.broker.publish(&add(COUNTER, 0, 5));
    world.quiet().await;
    assert_eq!(world.total(), 5);
    assert_eq!(world.told_of_counter(), 1);
}

/// F37
#[tokio::test(start_paused = true)]
async fn what_is_no_message_is_quarantined_as_it_came_and_its_neighbours_are_not_delayed() {
    let world = World::start().await;
    let mut nameless = add(COUNTER, 8, 1);
    nameless.message.id = None;
    let mut foreign = add(COUNTER, 9, 1);
    foreign.message.kind = Some("tally.unheard".into());
    for publication in [
        &add(COUNTER, 1, 1),
        &garbage(COUNTER, 2),
        &nameless,
        &foreign,
        &add(COUNTER, 3, 1),
    ] {
        world.broker.publish(publication);
    }
    world.quiet().await;
    assert_eq!(world.total(), 2);
    let reasons = reasons(&world);
    assert_eq!(
        reasons[1..],
        ["no message id", "unknown kind \"tally.unheard\""]
    );
    assert!(reasons[0].starts_with("malformed body"), "{reasons:?}");
    for letter in world.dead() {
        let key = letter.headers.text(ORIGINAL_ROUTING_KEY);
        assert_eq!(key, Some("tally.add.choreography"));
    }
    let as_it_came = |letter: &Message| letter.body == garbage(COUNTER, 2).message.body;
    assert!(world.dead().iter().any(as_it_came));
}

/// F19
#[tokio::test(start_paused = true)]
async fn a_message_that_makes_the_core_panic_or_refuse_leaves_its_batch() {
    let world = World::start().await;
    for (ordinal, by) in [(1, 1), (2, PANIC), (3, 1), (4, REFUSED), (5, 1)] {
        world.broker.publish(&add(COUNTER, ordinal, by));
    }
    world.quiet().await;
    assert_eq!(world.total(), 3);
    assert_eq!(
        reasons(&world),
        ["panic: unlucky number", "rejected: nothing to add"]
    );
}

#[tokio::test(start_paused = true)]
async fn while_the_store_is_away_messages_are_kept_and_nobody_is_blamed() {
    let world = World::start().await;
    let attempts = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&attempts);
    world.store.inject(move |step| {
        if step == store::Step::Begin {
            seen.fetch_add(1, Ordering::Relaxed);
        }
        store::Fault::Unavailable
    });
    world.broker.publish(&add(COUNTER, 1, 1));
    until("several attempts", || attempts.load(Ordering::Relaxed) > 3).await;
    assert_eq!(
        (
            world.total(),
            world.broker.unacked(SERVICE),
            world.dead().len()
        ),
        (0, 1, 0)
    );
    world.store.heal();
    world.quiet().await;
    assert_eq!(world.total(), 1);
}

/// F39
#[tokio::test(start_paused = true)]
async fn a_commit_of_unknown_outcome_is_repeated_and_the_inbox_knows() {
    for fault in [
        store::Fault::UnknownCommitted,
        store::Fault::UnknownAborted,
        store::Fault::Conflict,
    ] {
        let world = World::start().await;
        world.store.inject(once(store::Step::Commit, fault));
        world.broker.publish(&add(COUNTER, 1, 1));
        world.quiet().await;
        assert_eq!(
            (world.total(), world.told_of_counter()),
            (1, 1),
            "{fault:?}"
        );
    }
}

/// F14: the effect is there, the acknowledgement is not.
#[tokio::test(start_paused = true)]
async fn a_session_lost_between_commit_and_acknowledgement_repeats_nothing() {
    let world = World::start().await;
    let mut armed = true;
    world.broker.inject(move |step| match step {
        broker::Step::Settle { .. } if std::mem::take(&mut armed) => broker::Fault::Disconnect,
        _ => broker::Fault::Pass,
    });
    world.broker.publish(&add(COUNTER, 1, 1));
    world.quiet().await;
    assert_eq!((world.total(), world.told_of_counter()), (1, 1));
}

/// F12, F16, F17
#[tokio::test(start_paused = true)]
async fn a_deleted_queue_and_a_cut_connection_are_built_anew() {
    let world = World::start().await;
    for round in 0..3 {
        match round {
            0 => world.broker.delete_queue(SERVICE),
            1 => world.broker.disconnect(None),
            _ => world.broker.disconnect(Some(Role::Consume)),
        }
        // Lost while the queue is away; the same id may come as often as it likes.
        until("handled", || {
            world.broker.publish(&add(COUNTER, round, 1));
            world.total() == i64::from(round) + 1
        })
        .await;
    }
}
