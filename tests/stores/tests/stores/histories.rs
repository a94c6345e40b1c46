//! One instance after the other. The SQL store, the memory store over the simulation's
//! tables, and the core alone go through the same history; after each step they keep the
//! same.

use crate::{
    batch::{self, Decided, Item, Outcome, any_items},
    bounds::{HISTORIES, HISTORY_STEPS_MAX},
    contents::{self, Contents},
    kept::{InMemory, Kept},
    sequence::{Sequence, sequence},
    servers::{Database, Verdict, block_on, runner},
};
use inventory_core::Inventory;
use messaging::store::{
    Outbox, OutboxRow, Store, Transaction, memory::MemoryStore, postgres::PgStore,
};
use orchestrator_core::Orchestrator;
use orders_core::Orders;
use payments_core::Payments;
use proptest::prelude::*;
use shipping_core::Shipping;
use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fmt,
};
use uuid::Uuid;

/// Far more than there ever are.
const ALL: u32 = 1_000;

enum Step<P: Kept> {
    Batch(Vec<Item<P>>),
    /// All of it but the commit.
    Undone {
        items: Vec<Item<P>>,
        politely: bool,
    },
    Claim,
    /// What was claimed last is confirmed.
    Erase,
    Prune {
        older_than_ms: i64,
    },
    Wait {
        ms: i64,
    },
}

impl<P: Kept> Clone for Step<P> {
    fn clone(&self) -> Self {
        match self {
            Self::Batch(items) => Self::Batch(items.clone()),
            Self::Undone { items, politely } => Self::Undone {
                items: items.clone(),
                politely: *politely,
            },
            Self::Claim => Self::Claim,
            Self::Erase => Self::Erase,
            Self::Prune { older_than_ms } => Self::Prune {
                older_than_ms: *older_than_ms,
            },
            Self::Wait { ms } => Self::Wait { ms: *ms },
        }
    }
}

impl<P: Kept> fmt::Debug for Step<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Batch(items) => write!(f, "batch {items:?}"),
            Self::Undone { items, politely } => match politely {
                true => write!(f, "rolled back {items:?}"),
                false => write!(f, "dropped {items:?}"),
            },
            Self::Claim => f.write_str("the relay claims what is due"),
            Self::Erase => f.write_str("the relay erases what it claimed"),
            Self::Prune { older_than_ms } => {
                write!(f, "prune what is older than {older_than_ms} ms")
            }
            Self::Wait { ms } => write!(f, "wait {ms} ms"),
        }
    }
}

fn step<P: Kept>() -> impl Strategy<Value = Step<P>> {
    prop_oneof![
        8 => any_items().prop_map(Step::Batch),
        1 => (any_items(), any::<bool>())
            .prop_map(|(items, politely)| Step::Undone { items, politely }),
        1 => Just(Step::Claim),
        1 => Just(Step::Erase),
        1 => (0..2_000i64).prop_map(|older_than_ms| Step::Prune { older_than_ms }),
        // Shorter and longer than a lease.
        1 => prop::sample::select(vec![1_000, 9_999, 60_000]).prop_map(|ms| Step::Wait { ms }),
    ]
}

/// The three that must agree.
struct Stores<P: Kept> {
    sql: PgStore<P, P::Sql>,
    memory: MemoryStore<P, InMemory<P>>,
    core: P::State,
    /// When each message was handled, until it is forgotten.
    handled: BTreeMap<u128, i64>,
    claimed: Vec<Uuid>,
    now_ms: i64,
}

impl<P: Kept> Stores<P> {
    async fn take(&mut self, step: &Step<P>) -> Verdict {
        self.now_ms += 1;
        match step {
            Step::Batch(items) => self.batch(items).await?,
            Step::Undone { items, politely } => {
                undo(&self.sql, items, self.now_ms, *politely).await;
                undo(&self.memory, items, self.now_ms, *politely).await;
            }
            Step::Claim => {
                let sql = self.sql.outbox_claim(self.now_ms, ALL).await;
                let memory = self.memory.outbox_claim(self.now_ms, ALL).await;
                let (sql, memory) = (sql.expect("claimed"), memory.expect("claimed"));
                prop_assert_eq!(ids(&sql), ids(&memory), "claimed by SQL and in memory");
                self.claimed = sql.iter().map(OutboxRow::id).collect();
            }
            Step::Erase => {
                self.sql.outbox_delete(&self.claimed).await.expect("erased");
                self.memory
                    .outbox_delete(&self.claimed)
                    .await
                    .expect("erased");
            }
            Step::Prune { older_than_ms } => {
                let before_ms = self.now_ms - older_than_ms;
                let sql = self.sql.inbox_prune(before_ms, ALL).await;
                let memory = self.memory.inbox_prune(before_ms, ALL).await;
                prop_assert_eq!(sql, memory, "pruned by SQL and in memory");
                self.handled.retain(|_, at_ms| *at_ms >= before_ms);
            }
            Step::Wait { ms } => self.now_ms += ms,
        }
        self.agree().await
    }

    async fn batch(&mut self, items: &[Item<P>]) -> Verdict {
        let sql = batch::run(&self.sql, items, self.now_ms).await;
        let memory = batch::run(&self.memory, items, self.now_ms).await;
        prop_assert_eq!(&sql, &memory, "told by SQL and in memory");
        let Outcome::Done(told) = sql else {
            return Err(TestCaseError::fail(format!("alone, and not done: {sql:?}")));
        };
        let mut commands = Vec::new();
        for (item, admitted) in items.iter().zip(&told.admitted) {
            let new = match item.message {
                None => true,
                Some(message) => match self.handled.entry(message) {
                    Entry::Occupied(_) => false,
                    Entry::Vacant(place) => {
                        place.insert(self.now_ms);
                        true
                    }
                },
            };
            prop_assert_eq!(*admitted, new, "{:?}: is it new?", item);
            if new {
                commands.push(item.command.clone());
            }
        }
        let whole = Decided::<P>::of(&self.core, &commands, self.now_ms);
        prop_assert_eq!(
            &told.events,
            &whole.said(),
            "from its slice, and from all there is"
        );
        self.core = whole.after;
        Ok(())
    }

    async fn agree(&self) -> Verdict {
        let sql = Contents::of_sql(&self.sql).await;
        prop_assert_eq!(
            &sql.rows,
            &P::rows(&self.core),
            "kept by SQL and by the core"
        );
        let memory = Contents::of_memory(&self.memory).await;
        prop_assert_eq!(&sql, &memory, "kept by SQL and in memory");
        let level = (
            self.sql.outbox_level().await,
            self.memory.outbox_level().await,
        );
        prop_assert_eq!(level.0, level.1, "counted by SQL and in memory");
        Ok(())
    }
}

fn ids(rows: &[OutboxRow]) -> BTreeSet<Uuid> {
    rows.iter().map(OutboxRow::id).collect()
}

async fn undo<P: Kept>(store: &impl Store<P>, items: &[Item<P>], now_ms: i64, politely: bool) {
    let mut tx = store.begin().await.expect("begun");
    batch::attempt(&mut tx, items, now_ms).await.expect("alone");
    match politely {
        true => tx.rollback().await,
        false => drop(tx),
    }
}

fn all_keep_the_same<P: Kept>() {
    let database = block_on(Database::create::<P>());
    let sql = database.store::<P>();
    let outcome = runner(file!(), HISTORIES).run(
        &sequence(step::<P>(), HISTORY_STEPS_MAX),
        |Sequence(steps)| {
            block_on(async {
                contents::empty(sql.pool()).await;
                let mut stores = Stores {
                    sql: sql.clone(),
                    memory: MemoryStore::new(),
                    core: P::beginning(),
                    handled: BTreeMap::new(),
                    claimed: Vec::new(),
                    now_ms: 1_000_000,
                };
                for step in &steps {
                    stores.take(step).await?;
                }
                Ok(())
            })
        },
    );
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn orders_are_kept_alike_by_every_store() {
    all_keep_the_same::<Orders>();
}

#[test]
fn inventory_is_kept_alike_by_every_store() {
    all_keep_the_same::<Inventory>();
}

#[test]
fn payments_are_kept_alike_by_every_store() {
    all_keep_the_same::<Payments>();
}

#[test]
fn shipments_are_kept_alike_by_every_store() {
    all_keep_the_same::<Shipping>();
}

#[test]
fn sagas_are_kept_alike_by_every_store() {
    all_keep_the_same::<Orchestrator>();
}
