//! A run of hours: what has ended is on the disk, and nowhere else.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::stub::{Bench, Gateway, Mood, eventually};
use loadgen::dice::Dice;
use loadgen::drive::load::Load;
use loadgen::drive::schedule::{Schedule, Then};
use loadgen::workload::arrival::Closed;
use loadgen::workload::{Arrival, Stage};
use strict_yaml::Span;
use tokio::runtime::Handle;
use tokio::sync::watch;

const CUSTOMERS: u32 = 8;
/// A hundred for each customer: tasks of orders that stayed would be far more than those of connections.
const ORDERS: u64 = 800;
/// Each customer's connection has a task at either end; the client's pool has one of its own.
const TASKS_OF_CONNECTIONS: usize = 2 * CUSTOMERS as usize + 1;

fn schedule() -> Schedule {
    let closed = Closed {
        customers: CUSTOMERS,
        think_time: Span(Duration::ZERO),
    };
    let stage = Stage {
        duration: Span::seconds(60),
        arrival: Arrival::Closed(closed),
    };
    Schedule::new(vec![stage], Then::Nothing, Dice::new(1))
}

#[tokio::test]
async fn an_order_that_has_ended_is_on_the_disk_and_leaves_no_task() {
    let gateway = Gateway::start(Mood::Accept).await;
    let bench = Bench::new("lasting", vec![gateway.url.clone()]);
    let tally = Arc::clone(&bench.drive.tally);
    let load = Load::new(bench.drive.clone(), 1, CUSTOMERS);
    let (stop, stopped) = watch::channel(false);
    let tasks = || Handle::current().metrics().num_alive_tasks();
    let tasks_max = tasks() + TASKS_OF_CONNECTIONS;
    let stopping = async {
        eventually("all have ended", || tally.ended.load(Relaxed) >= ORDERS).await;
        stop.send_replace(true);
    };
    tokio::join!(load.run(schedule(), stopped), stopping);
    assert!(load.drain(Duration::from_secs(60)).await);
    drop(load);
    eventually("only connections are left", || tasks() <= tasks_max).await;
    let ended = tally.ended.load(Relaxed);
    let history = bench.history().await;
    let is_whole = |nth: &&checkers::history::Operation| nth.terminal.is_some();
    let whole = history.operations.iter().filter(is_whole).count();
    assert_eq!(whole as u64, ended, "each is on the disk, with its end");
}
