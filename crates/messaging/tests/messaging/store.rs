//! One suite for both stores.

use crate::{
    servers,
    tally::{Add, Added, Tally},
};
use bytes::Bytes;
use messaging::{
    Envelope,
    store::{
        CommitError, InboxRow, OutboxRow, Store, StoreError, Transaction, lease_ms,
        memory::{MemoryStore, Whole},
    },
};
use sqlx::{ConnectOptions, Executor};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

async fn memory() -> MemoryStore<Tally, Whole<Tally>> {
    MemoryStore::new()
}

macro_rules! suite {
    ($($test:ident),* $(,)?) => {
        mod in_memory { $(#[tokio::test] async fn $test() { super::$test(super::memory().await).await; })* }
        mod over_sql { $(#[tokio::test] async fn $test() { super::$test(crate::servers::store().await).await; })* }
    };
}

suite![
    a_message_is_new_once,
    what_is_not_committed_did_not_happen,
    what_is_saved_is_loaded,
    a_claimed_row_comes_back_later_and_later,
    rows_are_claimed_once_oldest_first_and_only_when_due,
    an_outbox_row_survives_the_way_through_the_store,
    deleted_rows_are_gone_and_the_level_knows,
    old_messages_are_forgotten_and_young_ones_are_not,
    of_two_transactions_with_the_same_message_one_handles_it,
];

fn message(n: u128, received_at_ms: i64) -> InboxRow {
    InboxRow {
        message_id: Uuid::from_u128(n),
        kind: "tally.add".to_owned(),
        received_at_ms,
        traceparent: n.is_multiple_of(2).then(|| format!("trace of {n}")),
    }
}

fn owed(n: u128, next_attempt_at_ms: i64) -> OutboxRow {
    OutboxRow {
        exchange: "events".into(),
        routing_key: "tally.added.none".to_owned(),
        envelope: Envelope {
            id: Uuid::from_u128(n),
            kind: "tally.added".into(),
            version: 1,
            correlation_id: Some(Uuid::from_u128(7)),
            causation_id: None,
            coordination: None,
            trace: None,
            occurred_at_ms: 100 + n as i64,
            body: Bytes::from_static(b"{}"),
        },
        attempts: 0,
        next_attempt_at_ms,
    }
}

async fn insert(store: &impl Store<Tally>, rows: &[OutboxRow]) {
    let mut tx = store.begin().await.expect("begun");
    tx.outbox_insert(rows).await.expect("inserted");
    tx.commit().await.expect("committed");
}

async fn a_message_is_new_once(store: impl Store<Tally>) {
    let ids: Vec<_> = (1..=3).map(Uuid::from_u128).collect();
    let mut tx = store.begin().await.expect("begun");
    assert_eq!(tx.inbox_find(&ids).await, Ok(Vec::new()));
    let fresh = tx
        .inbox_insert(&[message(2, 1), message(1, 1), message(2, 1)])
        .await
        .expect("inserted");
    assert_eq!(fresh, [ids[0], ids[1]].into());
    tx.commit().await.expect("committed");

    let mut tx = store.begin().await.expect("begun");
    let mut known = tx.inbox_find(&ids).await.expect("found");
    known.sort();
    assert_eq!(
        known,
        [(ids[0], None), (ids[1], Some("trace of 2".to_owned()))]
    );
    let fresh = tx
        .inbox_insert(&[message(1, 2), message(3, 2)])
        .await
        .expect("inserted");
    assert_eq!(fresh, [ids[2]].into());
    tx.rollback().await;
}

async fn what_is_not_committed_did_not_happen(store: impl Store<Tally>) {
    for politely in [true, false] {
        let mut tx = store.begin().await.expect("begun");
        tx.inbox_insert(&[message(1, 1)]).await.expect("inserted");
        tx.outbox_insert(&[owed(1, 0)]).await.expect("inserted");
        tx.save(
            &BTreeMap::new(),
            &counters(&[(7, 1)]),
            &[Added {
                counter: Uuid::from_u128(7),
                total: 1,
            }],
        )
        .await
        .expect("saved");
        match politely {
            true => tx.rollback().await,
            false => drop(tx),
        }
    }
    let mut tx = store.begin().await.expect("begun");
    assert_eq!(tx.inbox_find(&[Uuid::from_u128(1)]).await, Ok(Vec::new()));
    assert_eq!(tx.load(&[touch(7)]).await, Ok(BTreeMap::new()));
    assert_eq!(store.outbox_level().await.expect("counted").rows, 0);
    tx.rollback().await;
}

fn counters(of: &[(u128, i64)]) -> BTreeMap<Uuid, i64> {
    of.iter()
        .map(|(n, total)| (Uuid::from_u128(*n), *total))
        .collect()
}

fn touch(n: u128) -> Add {
    Add {
        counter: Uuid::from_u128(n),
        by: 1,
    }
}

async fn what_is_saved_is_loaded(store: impl Store<Tally>) {
    let mut before = BTreeMap::new();
    for round in 1..=3 {
        let after = counters(&[(1, round), (2, round * 10)]);
        let mut tx = store.begin().await.expect("begun");
        assert_eq!(
            tx.load(&[touch(2), touch(1), touch(2)]).await,
            Ok(before.clone())
        );
        tx.save(&before, &after, &[]).await.expect("saved");
        tx.commit().await.expect("committed");
        before = after;
    }
}

async fn a_claimed_row_comes_back_later_and_later(store: impl Store<Tally>) {
    insert(&store, &[owed(1, 0)]).await;
    let mut now_ms = 1_000_000;
    for attempt in 1..=7 {
        let claimed = store.outbox_claim(now_ms, 10).await.expect("claimed");
        assert_eq!(claimed.len(), 1);
        assert_eq!(claimed[0].attempts, attempt);
        assert_eq!(claimed[0].next_attempt_at_ms, now_ms + lease_ms(attempt));
        let too_soon = store.outbox_claim(now_ms + lease_ms(attempt) - 1, 10).await;
        assert_eq!(too_soon, Ok(Vec::new()));
        now_ms += lease_ms(attempt);
    }
    assert_eq!(lease_ms(40), 60_000);
}

async fn rows_are_claimed_once_oldest_first_and_only_when_due(store: impl Store<Tally>) {
    let rows: Vec<_> = (1..=100).map(|n| owed(n, 1_000 - n as i64)).collect();
    insert(&store, &rows).await;
    let first = store.outbox_claim(949, 10).await.expect("claimed");
    let mut due: Vec<_> = first.iter().map(|row| row.id().as_u128()).collect();
    due.sort_unstable();
    assert_eq!(due, (91..=100).collect::<Vec<_>>());
    let (a, b) = tokio::join!(store.outbox_claim(1_000, 60), store.outbox_claim(1_000, 60));
    let (a, b) = (a.expect("claimed"), b.expect("claimed"));
    let ids: BTreeSet<_> = a.iter().chain(&b).map(OutboxRow::id).collect();
    assert_eq!(ids.len(), a.len() + b.len(), "nothing twice");
    assert!(ids.len() >= 60);
}

async fn an_outbox_row_survives_the_way_through_the_store(store: impl Store<Tally>) {
    let mut row = owed(1, 5);
    row.envelope.causation_id = Some(Uuid::from_u128(9));
    row.envelope.coordination = Some(decider::Coordination::Orchestration);
    row.envelope.trace = telemetry::TraceContext::parse(
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Some("vendor=1"),
    );
    assert!(row.envelope.trace.is_some());
    insert(&store, std::slice::from_ref(&row)).await;
    insert(&store, &[owed(1, 700)]).await;
    let claimed = store.outbox_claim(10, 10).await.expect("claimed");
    row.attempts = 1;
    row.next_attempt_at_ms = 10 + lease_ms(1);
    assert_eq!(claimed, [row], "the first to say it said it");
}

async fn deleted_rows_are_gone_and_the_level_knows(store: impl Store<Tally>) {
    insert(&store, &[owed(1, 0), owed(2, 0), owed(3, 0)]).await;
    store
        .outbox_delete(&[Uuid::from_u128(1), Uuid::from_u128(99)])
        .await
        .expect("deleted");
    let level = store.outbox_level().await.expect("counted");
    assert_eq!((level.rows, level.oldest_at_ms), (2, Some(102)));
    store
        .outbox_delete(&[Uuid::from_u128(2), Uuid::from_u128(3)])
        .await
        .expect("deleted");
    assert_eq!(
        store.outbox_level().await.expect("counted"),
        Default::default()
    );
}

async fn old_messages_are_forgotten_and_young_ones_are_not(store: impl Store<Tally>) {
    let rows: Vec<_> = (1..=10).map(|n| message(n, n as i64 * 100)).collect();
    let mut tx = store.begin().await.expect("begun");
    tx.inbox_insert(&rows).await.expect("inserted");
    tx.commit().await.expect("committed");
    assert_eq!(store.inbox_prune(501, 3).await, Ok(3), "at most so many");
    assert_eq!(store.inbox_prune(501, 100).await, Ok(2));
    let mut tx = store.begin().await.expect("begun");
    let ids: Vec<_> = rows.iter().map(|row| row.message_id).collect();
    assert_eq!(tx.inbox_find(&ids).await.expect("found").len(), 5);
    tx.rollback().await;
}

async fn of_two_transactions_with_the_same_message_one_handles_it(store: impl Store<Tally>) {
    let mut first = store.begin().await.expect("begun");
    let mut second = store.begin().await.expect("begun");
    assert_eq!(
        first
            .inbox_insert(&[message(1, 1)])
            .await
            .expect("inserted")
            .len(),
        1
    );
    let late = async {
        let fresh = second.inbox_insert(&[message(1, 1)]).await?;
        second.commit().await.map(|()| fresh.len())
    };
    let (committed, late) = tokio::join!(first.commit(), late);
    committed.expect("the first commits");
    match late {
        Ok(fresh) => assert_eq!(fresh, 0, "waited, and saw it"),
        Err(CommitError::Aborted(StoreError::Conflict(_))) => {}
        Err(other) => panic!("neither waited nor told to repeat: {other}"),
    }
}

/// F40: the backend dies in the middle.
#[tokio::test]
async fn a_terminated_backend_is_told_from_bad_data() {
    let store = servers::store().await;
    let mut tx = store.begin().await.expect("begun");
    tx.inbox_insert(&[message(1, 1)]).await.expect("inserted");
    terminate_backends(&store).await;
    let error = tx.load(&[touch(1)]).await.expect_err("its backend is gone");
    assert!(
        matches!(error, StoreError::Conflict(_) | StoreError::Unavailable(_)),
        "{error}"
    );
    drop(tx);
    let mut tx = store.begin().await.expect("another backend");
    let unstorable = tx.save(&BTreeMap::new(), &counters(&[(1, -1)]), &[]).await;
    assert!(
        matches!(unstorable, Err(StoreError::Fault(_))),
        "{unstorable:?}"
    );
    tx.rollback().await;
}

/// F39: the backend dies before the answer to the commit.
#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_unknown() {
    let store = servers::store().await;
    let mut tx = store.begin().await.expect("begun");
    tx.inbox_insert(&[message(1, 1)]).await.expect("inserted");
    terminate_backends(&store).await;
    let outcome = tx.commit().await;
    assert!(
        matches!(outcome, Err(CommitError::Unknown(_))),
        "{outcome:?}"
    );
}

/// Every backend of this database but the one that asks.
pub async fn terminate_backends(
    store: &messaging::store::postgres::PgStore<Tally, crate::tally::Counters>,
) {
    let terminate = "select pg_terminate_backend(pid, 5000) from pg_stat_activity
                     where datname = current_database() and pid <> pg_backend_pid()";
    // A connection of its own: the pool's are the ones that die.
    let options = store.pool().connect_options();
    let mut connection = options.connect().await.expect("PostgreSQL answers");
    connection.execute(terminate).await.expect("terminated");
}
