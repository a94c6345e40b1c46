//! The closed loop: as many orders under way as there are customers, and never more.

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
use tokio::sync::watch;

fn schedule(customers: u32) -> Schedule {
    stage(customers, Span::seconds(60), Then::Nothing)
}

fn stage(customers: u32, duration: Span, then: Then) -> Schedule {
    let closed = Closed {
        customers,
        think_time: Span(Duration::from_millis(1)),
    };
    let stage = Stage {
        duration,
        arrival: Arrival::Closed(closed),
    };
    Schedule::new(vec![stage], then, Dice::new(1))
}

#[tokio::test]
async fn a_customer_orders_again_when_the_last_order_has_ended() {
    let gateway = Gateway::start(Mood::Accept).await;
    let bench = Bench::new("closed", vec![gateway.url.clone()]);
    let tally = Arc::clone(&bench.drive.tally);
    let load = Load::new(bench.drive.clone(), 1, 100);
    let (stop, stopped) = watch::channel(false);
    let stopping = async {
        eventually("30 ended", || tally.ended.load(Relaxed) >= 30).await;
        stop.send_replace(true);
    };
    tokio::join!(load.run(schedule(3), stopped), stopping);
    assert!(load.drain(Duration::from_secs(60)).await);
    assert!(tally.take_peak() <= 3);
    let late_or_dropped = tally.late.load(Relaxed) + tally.dropped.load(Relaxed);
    assert_eq!(
        late_or_dropped, 0,
        "the system decides when the next one comes"
    );
    let keys: std::collections::BTreeSet<_> =
        gateway.orders().into_iter().map(|seen| seen.key).collect();
    assert_eq!(
        keys.len() as u64,
        tally.sent.load(Relaxed),
        "never one twice"
    );
}

#[tokio::test]
async fn who_gets_no_answer_orders_no_more() {
    let gateway = Gateway::start(Mood::NeverAnswer).await;
    let bench = Bench::new("waits", vec![gateway.url.clone()]);
    let tally = Arc::clone(&bench.drive.tally);
    let load = Load::new(bench.drive.clone(), 1, 100);
    let (stop, stopped) = watch::channel(false);
    let stopping = async {
        eventually("all wait", || gateway.orders().len() >= 3).await;
        stop.send_replace(true);
    };
    tokio::join!(load.run(schedule(3), stopped), stopping);
    assert_eq!(tally.in_flight.load(Relaxed), 3);
}

#[tokio::test]
async fn a_customer_who_waits_keeps_nobody_from_ordering_in_the_next_round() {
    let gateway = Gateway::start(Mood::NeverAnswerFirst).await;
    let bench = Bench::new("rounds", vec![gateway.url.clone()]);
    let tally = Arc::clone(&bench.drive.tally);
    let load = Load::new(bench.drive.clone(), 1, 100);
    let (stop, stopped) = watch::channel(false);
    let round = Span(Duration::from_millis(200));
    let schedule = stage(3, round, Then::Again);
    let stopping = async {
        // More than the two others order in one round.
        let rounds = || tally.ended.load(Relaxed) >= 600;
        eventually("some rounds", rounds).await;
        stop.send_replace(true);
    };
    tokio::join!(load.run(schedule, stopped), stopping);
    assert!(tally.take_peak() <= 3, "who waits does not order again");
}
