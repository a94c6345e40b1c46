//! A batch whose connection is lost: before each message of the wire protocol reaches the
//! server, and after the server did what each statement asks but before it could say so.
//!
//! Whatever the cut, all of the batch is there or nothing; `unknown` is said of a commit
//! that was asked for and of nothing else; and the same batch, run again, ends where the
//! uncut one ended.

mod batches;

use crate::{
    batch::{self, Item, Outcome},
    contents,
    kept::Kept,
    servers::{Database, block_on, store_at},
    wire::{Cut, Message, Wire},
};
use batches::Cuttable;
use inventory_core::Inventory;
use messaging::store::{StoreError, postgres::PgStore};
use orchestrator_core::Orchestrator;
use orders_core::Orders;
use payments_core::Payments;
use shipping_core::Shipping;
use std::collections::BTreeMap;

const NOW_MS: i64 = 1_000_000;
/// A connection that is lost after its statement may hold its locks for a moment.
const ATTEMPTS_MAX: usize = 20;

type Dump = BTreeMap<String, Vec<String>>;

struct Bench<P: Kept> {
    database: Database,
    store: PgStore<P, P::Sql>,
    batch: Vec<Item<P>>,
    before: Dump,
    after: Dump,
}

impl<P: Cuttable> Bench<P> {
    async fn set_up() -> Self {
        let database = Database::create::<P>().await;
        let store = database.store::<P>();
        let mut bench = Self {
            database,
            store,
            batch: P::batch(),
            before: Dump::new(),
            after: Dump::new(),
        };
        bench.reset().await;
        bench.before = bench.dump().await;
        bench.retry().await;
        bench.after = bench.dump().await;
        bench
    }

    async fn dump(&self) -> Dump {
        contents::dump(self.store.pool()).await
    }

    async fn reset(&self) {
        contents::empty(self.store.pool()).await;
        let opened = batch::run(&self.store, &P::opening(), NOW_MS).await;
        assert!(matches!(opened, Outcome::Done(_)), "{opened:?}");
    }

    /// As a redelivery does it: over a sound connection, until it is through.
    async fn retry(&self) {
        for _ in 0..ATTEMPTS_MAX {
            match batch::run(&self.store, &self.batch, NOW_MS).await {
                Outcome::Done(_) => return,
                Outcome::Failed(StoreError::Conflict(_) | StoreError::Taken(_)) => {}
                other => panic!("uncut, and not done: {other:?}"),
            }
        }
        panic!("{ATTEMPTS_MAX} conflicts with nobody there");
    }

    async fn cut(&self, cut: Cut) -> (Outcome<P::State>, Vec<Message>) {
        let (wire, url) = Wire::before(&self.database.url, cut).await;
        let outcome = batch::run(&store_at::<P>(&url, P::SERVICE), &self.batch, NOW_MS).await;
        (outcome, wire.sent())
    }

    async fn check(&self, cut: Cut, place: usize) {
        self.reset().await;
        let (outcome, sent) = self.cut(cut).await;
        let message = &sent[place - 1];
        let committed = message.is_commit() && matches!(cut, Cut::After(_));
        let found = self.dump().await;
        let expected = if committed { &self.after } else { &self.before };
        assert_eq!(&found, expected, "{cut:?} {message:?}: all or nothing");
        match &outcome {
            Outcome::Unknown => {
                assert!(
                    message.is_commit(),
                    "{cut:?} {message:?}: it cannot have happened"
                );
            }
            Outcome::Failed(error) => {
                assert!(
                    !message.is_commit(),
                    "{cut:?} {message:?}: it may have happened: {error}"
                );
                // Nobody's fault: the pipeline keeps the messages and tries again.
                assert!(
                    matches!(error, StoreError::Unavailable(_) | StoreError::Conflict(_)),
                    "{cut:?} {message:?}: {error:?}"
                );
            }
            Outcome::Done(_) => panic!("{cut:?} {message:?}: done, over a lost connection"),
        }
        self.retry().await;
        assert_eq!(
            self.dump().await,
            self.after,
            "{cut:?} {message:?}: and again"
        );
    }
}

fn all_or_nothing_at_every_message<P: Cuttable>() {
    block_on(async {
        let bench = Bench::<P>::set_up().await;
        for (table, rows) in &bench.after {
            assert_ne!(
                bench.before.get(table),
                Some(rows),
                "{table} is not touched"
            );
        }
        bench.reset().await;
        let (uncut, sent) = bench.cut(Cut::Never).await;
        assert!(matches!(uncut, Outcome::Done(_)), "{uncut:?}");
        let commits = sent.iter().filter(|message| message.is_commit()).count();
        assert_eq!(commits, 1, "the commit is recognised");
        for (place, message) in (1..).zip(&sent) {
            bench.check(Cut::Before(place), place).await;
            if message.is_answered() {
                bench.check(Cut::After(place), place).await;
            }
        }
    });
}

#[test]
fn a_cut_batch_of_orders_is_all_or_nothing() {
    all_or_nothing_at_every_message::<Orders>();
}

#[test]
fn a_cut_batch_of_inventory_is_all_or_nothing() {
    all_or_nothing_at_every_message::<Inventory>();
}

#[test]
fn a_cut_batch_of_payments_is_all_or_nothing() {
    all_or_nothing_at_every_message::<Payments>();
}

#[test]
fn a_cut_batch_of_shipping_is_all_or_nothing() {
    all_or_nothing_at_every_message::<Shipping>();
}

#[test]
fn a_cut_batch_of_the_orchestrator_is_all_or_nothing() {
    all_or_nothing_at_every_message::<Orchestrator>();
}
