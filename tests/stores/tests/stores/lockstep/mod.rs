//! Several instances at once, a statement at a time.
//!
//! PostgreSQL leads: a statement that it lets through must be let through by the
//! simulation's store at once, with the same answer; one that it lets wait is put to the
//! simulation when it comes through. So a lock that the SQL forgets is a statement that
//! the simulation still holds back, and a lock that the simulation forgets shows in what
//! it keeps. A deadlock is an answer that the simulation never gives.
//!
//! - [`step`]: what can happen. [`instance`]: one of several, with its open transaction.
//! - [`simulated`]: the simulation's store, a statement at a time. [`duel`]: both.

mod duel;
mod instance;
mod simulated;
mod step;

use crate::{
    bounds::{LOCKSTEP_STEPS_MAX, LOCKSTEPS},
    contents,
    kept::Kept,
    sequence::{Sequence, sequence},
    servers::{Database, block_on, runner},
};
use duel::{Duel, Seen};
use inventory_core::Inventory;
use orchestrator_core::Orchestrator;
use orders_core::Orders;
use payments_core::Payments;
use shipping_core::Shipping;
use std::cell::RefCell;

fn the_simulation_waits_where_postgres_does<P: Kept>() {
    let database = block_on(Database::create::<P>());
    let store = database.store::<P>();
    let seen = RefCell::new(Seen::default());
    let outcome = runner(file!(), LOCKSTEPS).run(
        &sequence(step::step::<P>(), LOCKSTEP_STEPS_MAX),
        |Sequence(steps)| {
            block_on(async {
                contents::empty(store.pool()).await;
                let mut duel = Duel::<P>::begin(&database.url, &store);
                let fought = duel.fight(&steps).await;
                seen.borrow_mut().add(duel.seen);
                fought
            })
        },
    );
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    seen.into_inner().check();
}

#[test]
fn instances_of_orders_wait_for_each_other_as_simulated() {
    the_simulation_waits_where_postgres_does::<Orders>();
}

#[test]
fn instances_of_inventory_wait_for_each_other_as_simulated() {
    the_simulation_waits_where_postgres_does::<Inventory>();
}

#[test]
fn instances_of_payments_wait_for_each_other_as_simulated() {
    the_simulation_waits_where_postgres_does::<Payments>();
}

#[test]
fn instances_of_shipping_wait_for_each_other_as_simulated() {
    the_simulation_waits_where_postgres_does::<Shipping>();
}

#[test]
fn instances_of_the_orchestrator_wait_for_each_other_as_simulated() {
    the_simulation_waits_where_postgres_does::<Orchestrator>();
}
