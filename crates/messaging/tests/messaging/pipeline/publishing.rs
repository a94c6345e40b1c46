//! Events: what is owed is sent, once it can be.

use super::*;

/// F1 and F3: whatever the broker failed to say, the same id goes out again.
#[tokio::test(start_paused = true)]
async fn an_event_whose_confirm_is_lost_or_negative_is_sent_again_under_its_id() {
    use broker::Fault::{Disconnect, Lose, LoseConfirm, Nack};
    for fault in [Lose, LoseConfirm, Nack, Disconnect] {
        let world = World::start().await;
        let mut armed = true;
        world.broker.inject(move |step| match step {
            broker::Step::Publish(_) if std::mem::take(&mut armed) => fault,
            _ => broker::Fault::Pass,
        });
        world.broker.publish(&add(COUNTER, 1, 1));
        world.quiet().await;
        let mut ids: Vec<_> = world
            .told()
            .into_iter()
            .filter(|m| m.correlation_id == Some(COUNTER.to_string()))
            .map(|m| m.id)
            .collect();
        assert_eq!(
            ids.len(),
            if fault == LoseConfirm { 2 } else { 1 },
            "{fault:?}"
        );
        ids.dedup();
        assert_eq!(ids.len(), 1, "{fault:?}");
    }
}

/// F5: acked by the broker, heard by nobody.
#[tokio::test(start_paused = true)]
async fn an_unroutable_event_stays_in_the_outbox_until_somebody_listens() {
    let world = World::start().await;
    world.broker.delete_queue(LOG);
    world.broker.publish(&add(COUNTER, 1, 1));
    until("handled", || world.total() == 1).await;
    until("tried again", || {
        world.store.outbox().iter().any(|row| row.attempts > 1)
    })
    .await;
    world.broker.disconnect(Some(Role::Publish));
    world.quiet().await;
    assert_eq!(world.told_of_counter(), 1);
}

/// F8
#[tokio::test(start_paused = true)]
async fn while_the_broker_blocks_publishers_messages_are_handled_and_owed() {
    let world = World::start().await;
    world.broker.block(true);
    world.broker.publish(&add(COUNTER, 1, 1));
    until("handled", || {
        world.total() == 1 && world.broker.unacked(SERVICE) == 0
    })
    .await;
    assert_eq!(world.store.outbox().len(), 1);
    until("level counted", || world.service.outbox_level().rows() == 1).await;
    world.broker.block(false);
    world.quiet().await;
    assert_eq!(world.told_of_counter(), 1);
}

/// Two replicas of the service, one database, one queue.
#[tokio::test(start_paused = true)]
async fn replicas_share_the_work_and_the_relay_without_doing_it_twice() {
    let world = World::start().await;
    let other = World::start_with(world.broker.clone(), world.store.clone());
    world.broker.block(true);
    for ordinal in 0..300 {
        world
            .broker
            .publish(&add(Uuid::from_u128(100 + u128::from(ordinal)), ordinal, 1));
    }
    until("handled", || world.store.outbox().len() == 300).await;
    world.broker.block(false);
    world.quiet().await;
    assert_eq!(world.told().len(), 301, "300 and the probe");
    drop(other);
}
