//! A service as its stores keep it: the core, its SQL, and the likeness of that SQL which
//! the simulation trusts.

mod inventory;
mod orchestrator;
mod orders;
mod payments;
mod shipping;

use decider::Participant;
use messaging::store::{memory, postgres};
use proptest::strategy::BoxedStrategy;
use simulation::store::tables;
use sqlx::migrate::Migrator;
use std::collections::{BTreeMap, BTreeSet};

pub trait Kept: Participant + Sized {
    type Sql: postgres::Tables<Self>;
    type Likeness: tables::Tables<Self> + Clone;

    const SERVICE: &'static str;
    const SQL: Self::Sql;
    /// A line of text for each row of the ledger, if there is one.
    const LEDGER: Option<&'static str> = None;

    fn migrations() -> Migrator;

    /// What the migrations bring with them.
    fn beginning() -> Self::State {
        Self::State::default()
    }

    /// The likeness of an empty database.
    fn likeness() -> Self::Likeness {
        Self::Likeness::default()
    }

    fn command() -> BoxedStrategy<Self::Command>;

    /// Commands that together touch every row of the small world.
    fn everything() -> Vec<Self::Command>;

    /// One by one, so that a difference has a name.
    fn rows(state: &Self::State) -> BTreeMap<String, String>;

    /// By row as [`Self::rows`] names it: the rows that a load looks for because it found that one.
    fn leads_to(_: &Self::State) -> BTreeMap<String, BTreeSet<String>> {
        BTreeMap::new()
    }

    /// As [`Self::LEDGER`] says it.
    fn ledger(_: &Self::Likeness) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// A command in a few words, for a sequence that is to be read.
    fn say(command: &Self::Command) -> String;
}

/// The rows of one map of a state.
fn named<K: std::fmt::Debug, V: std::fmt::Debug>(
    table: &'static str,
    rows: &BTreeMap<K, V>,
) -> impl Iterator<Item = (String, String)> {
    (rows.iter()).map(move |(key, row)| (format!("{table} {key:?}"), format!("{row:?}")))
}

/// The simulation's tables inside `messaging`'s memory store.
pub struct InMemory<P: Kept>(pub P::Likeness);

impl<P: Kept> Clone for InMemory<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P: Kept> Default for InMemory<P> {
    fn default() -> Self {
        Self(P::likeness())
    }
}

impl<P: Kept> memory::Tables<P> for InMemory<P> {
    fn load(&self, commands: &[P::Command]) -> P::State {
        tables::Tables::load(&self.0, commands).0
    }

    fn save(&mut self, before: &P::State, after: &P::State, events: &[P::Event]) {
        tables::Tables::save(&mut self.0, before, after, events);
    }
}

/// `order 2`, in words.
fn order(id: orders_contract::OrderId) -> String {
    format!("order {}", id.0.as_u128() & 0xff)
}
