//! The whole pipeline in memory. Time is paused: it moves when everybody waits.

use crate::{
    patience::{RuntimeClock, until},
    tally::{Add, LOG, NothingToAdd, PANIC, REFUSED, SERVICE, Tally, add, garbage, topology},
};
use messaging::{
    ExecuteError, Role, Service, Settings, SplitMix,
    broker::memory::{self as broker, MemoryBroker},
    message::Message,
    pipeline::{DEAD_REASON, ORIGINAL_ROUTING_KEY},
    store::memory::{self as store, MemoryStore, Whole},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

type Counters = MemoryStore<Tally, Whole<Tally>>;

struct World {
    broker: MemoryBroker,
    store: Counters,
    service: Service<Tally>,
}

const COUNTER: Uuid = Uuid::from_u128(7);

impl World {
    /// Running and connected.
    async fn start() -> Self {
        let world = Self::start_with(MemoryBroker::new(), Counters::new());
        world.connected().await;
        world
    }

    fn start_with(broker: MemoryBroker, store: Counters) -> Self {
        let settings = Settings::new(SERVICE, topology());
        let entropy = Arc::new(SplitMix::from_seed(1));
        let service = Service::start(
            broker.clone(),
            store.clone(),
            RuntimeClock::new(),
            entropy,
            settings,
        );
        Self {
            broker,
            store,
            service,
        }
    }

    /// A probe that nobody counts goes through queue and outbox.
    async fn connected(&self) {
        let probe = Uuid::from_u128(1);
        let id = Some(probe.to_string());
        until("probe told on", || {
            self.broker.publish(&add(probe, 0, 1));
            self.told().iter().any(|told| told.correlation_id == id)
        })
        .await;
        self.quiet().await;
    }

    fn total(&self) -> i64 {
        self.store
            .tables()
            .0
            .get(&COUNTER)
            .copied()
            .unwrap_or_default()
    }

    /// What was told of the probes and the counter.
    fn told(&self) -> Vec<Message> {
        let log = self.broker.messages(LOG).into_iter();
        log.filter(|message| message.kind.as_deref() == Some("tally.added"))
            .collect()
    }

    fn told_of_counter(&self) -> usize {
        let told = self.told();
        told.iter()
            .filter(|m| m.correlation_id == Some(COUNTER.to_string()))
            .count()
    }

    fn dead(&self) -> Vec<Message> {
        self.broker.messages("tally.dead")
    }

    /// Nothing queued, nothing in flight, nothing owed.
    async fn quiet(&self) {
        until("quiet", || {
            self.broker.messages(SERVICE).is_empty()
                && self.broker.unacked(SERVICE) == 0
                && self.store.outbox().is_empty()
        })
        .await;
    }
}

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

#[tokio::test(start_paused = true)]
async fn concurrent_commands_share_a_transaction_and_a_refused_one_fails_alone() {
    let world = World::start().await;
    let commits = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&commits);
    world.store.inject(move |step| {
        counted.fetch_add(u32::from(step == store::Step::Commit), Ordering::Relaxed);
        store::Fault::Pass
    });
    let commands = world.service.commands();
    let calls = (0..50).map(|n| {
        let by = if n == 25 { REFUSED } else { 1 };
        commands.execute(
            Add {
                counter: COUNTER,
                by,
            },
            None,
            |state, answer| {
                (
                    state.get(&COUNTER).copied(),
                    answer.map(<[_]>::len).map_err(Clone::clone),
                )
            },
        )
    });
    let answers = futures::future::join_all(calls).await;
    assert_eq!(commits.load(Ordering::Relaxed), 1);
    for (n, answer) in answers.into_iter().enumerate() {
        let expected = if n == 25 { Err(NothingToAdd) } else { Ok(1) };
        assert_eq!(answer, Ok((Some(49), expected)));
    }
    world.quiet().await;
    assert_eq!(world.told_of_counter(), 49);
}

#[tokio::test(start_paused = true)]
async fn a_command_is_told_whether_it_may_have_happened() {
    let world = World::start().await;
    let commands = world.service.commands();
    let run = |by| {
        commands.execute(
            Add {
                counter: COUNTER,
                by,
            },
            None,
            |_, _| (),
        )
    };
    world.store.inject(|_| store::Fault::Unavailable);
    assert!(matches!(run(1).await, Err(ExecuteError::Unavailable(_))));
    world
        .store
        .inject(once(store::Step::Commit, store::Fault::UnknownCommitted));
    assert!(matches!(run(1).await, Err(ExecuteError::Unknown(_))));
    world.store.heal();
    assert!(matches!(run(PANIC).await, Err(ExecuteError::Defective(_))));
    assert_eq!(run(1).await, Ok(()));
    assert_eq!(world.total(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_panicking_command_does_not_fail_its_batch() {
    let world = World::start().await;
    let commands = world.service.commands();
    let run = |by| {
        commands.execute(
            Add {
                counter: COUNTER,
                by,
            },
            None,
            |_, _| (),
        )
    };
    let (good, bad, other) = tokio::join!(run(1), run(PANIC), run(1));
    assert_eq!((good, other), (Ok(()), Ok(())));
    assert!(matches!(bad, Err(ExecuteError::Defective(_))));
    assert_eq!(world.total(), 2);
}

#[tokio::test(start_paused = true)]
async fn more_callers_than_can_wait_are_told_at_once() {
    let world = World::start().await;
    let commands = world.service.commands();
    let calls = (0..2_000).map(|_| {
        commands.execute(
            Add {
                counter: COUNTER,
                by: 1,
            },
            None,
            |_, _| (),
        )
    });
    let answers = futures::future::join_all(calls).await;
    let overloaded = answers
        .iter()
        .filter(|answer| **answer == Err(ExecuteError::Overloaded))
        .count();
    let done = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(overloaded > 0);
    assert_eq!((overloaded + done, world.total()), (2_000, done as i64));
}

#[tokio::test(start_paused = true)]
async fn draining_finishes_what_was_begun_and_refuses_what_comes() {
    let World {
        broker,
        store,
        service,
    } = World::start().await;
    let commands = service.commands();
    let begun = (0..20).map(|_| {
        commands.execute(
            Add {
                counter: COUNTER,
                by: 1,
            },
            None,
            |_, _| (),
        )
    });
    let begun = futures::future::join_all(begun);
    let drained = async {
        tokio::task::yield_now().await;
        service.drain(Duration::from_secs(10)).await;
    };
    let (answers, ()) = tokio::join!(begun, drained);
    assert!(answers.iter().all(Result::is_ok));
    assert!(store.outbox().is_empty(), "flushed");
    let late = commands
        .execute(
            Add {
                counter: COUNTER,
                by: 1,
            },
            None,
            |_, _| (),
        )
        .await;
    assert!(matches!(late, Err(ExecuteError::Unavailable(_))));
    assert_eq!(broker.unacked(SERVICE), 0);
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

/// Dead letters take different lanes: their order means nothing.
fn reasons(world: &World) -> Vec<String> {
    let dead = world.dead();
    let reasons = dead
        .iter()
        .filter_map(|letter| letter.headers.text(DEAD_REASON));
    let mut reasons: Vec<_> = reasons.map(str::to_owned).collect();
    reasons.sort();
    reasons
}

fn once(
    at: store::Step,
    fault: store::Fault,
) -> impl FnMut(store::Step) -> store::Fault + Send + 'static {
    let mut armed = true;
    move |step| match step == at && std::mem::take(&mut armed) {
        true => fault,
        false => store::Fault::Pass,
    }
}
