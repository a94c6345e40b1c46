//! Commands: shared transactions, and what a caller is told.

use super::*;

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
