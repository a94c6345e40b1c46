//! The course of a run: calm, storm, healing, rest.
//!
//! ```text
//! topology, processes, stock and money ──> orders come, faults strike ──> faults stop
//!        ──> everything settles within a bound ──> what is left is judged
//! ```

use crate::{
    client::Client,
    faults::Fault,
    fleet::Fleet,
    plan::{Plan, Planned},
    process::{OUTSIDE, Process},
    setup,
    system::System,
};
use messaging::{
    Entropy,
    broker::{Broker, Role, Session},
};
use std::sync::Arc;
use tokio::task::JoinSet;

/// From the first order to the last fault.
const STORM_US: u64 = 14_000_000;
/// From the last fault until every saga has ended: the slowest repetition of a deadline
/// and the longest lease of the outbox are a minute each, and one may wait for the other.
pub const SETTLE_US_MAX: u64 = 240_000_000;
const TICK_US: u64 = 250_000;
const OUTAGE_US: u64 = 3_000_000;

/// What came of the course.
pub struct Course {
    /// After the last fault; `None` if it never came to rest.
    pub settled_after_us: Option<u64>,
    pub client: Arc<Client>,
}

pub async fn run(system: Arc<System>, plan: &Plan) -> Course {
    let world = Arc::clone(&system.world);
    let director = Process::new(&world, OUTSIDE, "director".to_owned(), 0);
    declare(&system, &director).await;
    // Clocks are wrong from the start, or not at all.
    world.faults.storm(true);
    let mut fleet = Fleet::start(&system);
    world.faults.storm(false);
    setup::bring_in(&system, &director, plan).await;

    let customer = Process::new(&world, OUTSIDE, "client".to_owned(), 0);
    let client = Client::new(&system, &customer, plan.deadline_ms);
    let mut load = JoinSet::new();
    let mut watchers = JoinSet::new();
    for order in &plan.orders {
        load.spawn(Arc::clone(&client).order(order.clone()));
        watchers.spawn(Arc::clone(&client).watch(order.clone()));
    }
    director.note(format_args!("the storm begins"));
    world.faults.storm(true);
    let ends_us = world.timeline.now_us() + storm_us(plan);
    let mut ticks = 0_u64;
    while world.timeline.now_us() < ends_us {
        tick(&director, &mut fleet, ends_us).await;
        ticks += 1;
        if ticks.is_multiple_of(1_000_000 / TICK_US) {
            disasters(&system, &director, &mut fleet);
        }
    }
    world.faults.storm(false);
    fleet.resume_all();
    director.note(format_args!("the storm is over"));
    let healed_us = world.timeline.now_us();
    let settled_after_us = loop {
        let so_far_us = world.timeline.now_us() - healed_us;
        while load.try_join_next().is_some() {}
        if load.is_empty() && is_settled(&system, &plan.orders) {
            break Some(so_far_us);
        }
        if so_far_us >= SETTLE_US_MAX {
            break None;
        }
        tick(&director, &mut fleet, healed_us + SETTLE_US_MAX).await;
    };
    client.come_back(&plan.orders).await;
    director.note(format_args!("the run ends"));
    Course {
        settled_after_us,
        client,
    }
}

/// No faults, no storm to wait for.
fn storm_us(plan: &Plan) -> u64 {
    let last_us = plan.orders.iter().map(|order| order.at_us).max();
    STORM_US.min(last_us.unwrap_or(0) + STORM_US / 2)
}

/// As the platform does before the first service starts.
async fn declare(system: &Arc<System>, director: &Arc<Process>) {
    let broker = system.broker.client(director);
    if let Ok(session) = broker.connect(Role::Publish).await {
        let _ = session.declare(&crate::instance::topology_whole()).await;
    }
}

/// A little while, in which processes stop and start.
async fn tick(director: &Process, fleet: &mut Fleet, most_us: u64) {
    let world = &director.world;
    let ends_us = (world.timeline.now_us() + TICK_US).min(most_us);
    loop {
        fleet.bury();
        let next_us = fleet.start_due().unwrap_or(ends_us).min(ends_us);
        let now_us = world.timeline.now_us();
        if now_us >= ends_us {
            return;
        }
        let sleep = director.sleep_us(next_us.saturating_sub(now_us));
        tokio::select! {
            biased;
            () = world.funerals.notified() => {}
            () = sleep => {}
        }
    }
}

/// What strikes servers and whole processes, looked at once a second.
fn disasters(system: &System, director: &Process, fleet: &mut Fleet) {
    let world = &system.world;
    let until_us = || world.timeline.now_us() + world.dice.below(OUTAGE_US);
    fleet.pause_some();
    fleet.stop_some_services(director);
    if director.struck(Fault::BrokerRestart) {
        system.broker.restart(until_us());
    }
    if director.struck(Fault::BrokerBlocked) {
        system.broker.block_until(until_us());
    }
    for database in system.databases() {
        if director.struck(Fault::DatabaseRestart) {
            database.restart(until_us());
        }
    }
}

/// Every saga has ended, nothing is owed, nothing is on its way, and the read side has seen it.
fn is_settled(system: &System, orders: &[Planned]) -> bool {
    let ended = system.orders.read(|content| {
        let rows = &content.tables.0.orders;
        rows.len() <= orders.len() && rows.values().all(|order| order.status.is_terminal())
    });
    ended
        && system.databases().iter().all(|one| one.is_outbox_empty())
        && system.broker.is_idle()
        && {
            let end = system.broker.log_length();
            system.view.rows().projecting.next_offset.unsigned_abs() == end
        }
}
