//! The load: open loop, nothing hidden.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::stub::{Bench, Gateway, Mood, completions, eventually};
use loadgen::dice::Dice;
use loadgen::drive::load::Load;
use loadgen::drive::schedule::{Schedule, Then};
use loadgen::workload::arrival::{Constant, Rate};
use loadgen::workload::{Arrival, Stage};
use strict_yaml::Span;
use tokio::sync::watch;

const PATIENCE: Duration = Duration::from_secs(60);

/// These tests have one thread each: nothing else happens meanwhile.
fn hold_the_thread(length: Duration) {
    let since = std::time::Instant::now();
    while since.elapsed() < length {
        std::hint::spin_loop();
    }
}

fn schedule(rate: f64) -> Schedule {
    let stage = Stage {
        duration: Span::seconds(60),
        arrival: Arrival::Constant(Constant { rate: Rate(rate) }),
    };
    Schedule::new(vec![stage], Then::Again, Dice::new(1))
}

#[tokio::test]
async fn arrivals_do_not_wait_for_answers() {
    let gateway = Gateway::start(Mood::NeverAnswer).await;
    let bench = Bench::new("open", vec![gateway.url.clone()]);
    let load = Load::new(bench.drive.clone(), 1, 1_000);
    let (stop, stopped) = watch::channel(false);
    let sending = tokio::spawn(async move { load.run(schedule(500.0), stopped).await });
    // Not one was answered, and all the same they come.
    eventually("100 orders sent", || gateway.orders().len() >= 100).await;
    stop.send_replace(true);
    sending.await.expect("no panic");
    assert_eq!(bench.drive.tally.acknowledged.load(Relaxed), 0);
}

#[tokio::test]
async fn what_cannot_be_sent_is_dropped_and_counted() {
    let gateway = Gateway::start(Mood::NeverAnswer).await;
    let bench = Bench::new("dropped", vec![gateway.url.clone()]);
    let tally = Arc::clone(&bench.drive.tally);
    let load = Load::new(bench.drive.clone(), 1, 10);
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(async move { load.run(schedule(1_000.0), stopped).await });
    eventually("20 dropped", || tally.dropped.load(Relaxed) >= 20).await;
    assert_eq!(tally.in_flight.load(Relaxed), 10);
}

#[tokio::test]
async fn late_sends_are_counted_and_still_sent() {
    let gateway = Gateway::start(Mood::Accept).await;
    let bench = Bench::new("late", vec![gateway.url.clone()]);
    let tally = Arc::clone(&bench.drive.tally);
    let load = Load::new(bench.drive.clone(), 1, 1_000);
    let (stop, stopped) = watch::channel(false);
    let sending = async {
        load.run(schedule(500.0), stopped).await;
        load.drain(PATIENCE).await
    };
    let holding = async {
        eventually("the first are sent", || tally.sent.load(Relaxed) >= 5).await;
        hold_the_thread(Duration::from_millis(100));
        eventually("late ones are counted", || tally.late.load(Relaxed) >= 5).await;
        stop.send_replace(true);
    };
    let (drained, ()) = tokio::join!(sending, holding);
    assert!(drained);
    let (sent, ended) = (tally.sent.load(Relaxed), tally.ended.load(Relaxed));
    assert_eq!(sent, ended, "late ones are sent too");
}

#[tokio::test]
async fn every_operation_is_written_down_with_its_end() {
    let gateway = Gateway::start(Mood::Accept).await;
    let bench = Bench::new("history", vec![gateway.url.clone()]);
    let tally = Arc::clone(&bench.drive.tally);
    let load = Load::new(bench.drive.clone(), 1, 1_000);
    let (stop, stopped) = watch::channel(false);
    let stopping = async {
        eventually("30 ended", || tally.ended.load(Relaxed) >= 30).await;
        stop.send_replace(true);
    };
    tokio::join!(load.run(schedule(300.0), stopped), stopping);
    assert!(load.drain(PATIENCE).await);
    drop(load);
    let history = bench.history().await;
    assert_eq!(
        completions(&history).get("ok"),
        Some(&history.operations.len())
    );
    assert!(
        history
            .operations
            .iter()
            .all(|operation| operation.terminal.is_some())
    );
    let keys: std::collections::BTreeSet<_> =
        gateway.orders().into_iter().map(|seen| seen.key).collect();
    assert_eq!(keys.len(), history.operations.len(), "one key an operation");
}
