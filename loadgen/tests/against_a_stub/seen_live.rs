//! What the view makes of a load, beside what the load itself counts.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::stub::{Bench, Gateway, Mood, eventually, plain};
use loadgen::clock::now_us;
use loadgen::dice::Dice;
use loadgen::drive::load::Load;
use loadgen::drive::schedule::{Schedule, Then};
use loadgen::view::feed::{self, News};
use loadgen::view::model::Model;
use loadgen::view::model::brief::Brief;
use loadgen::view::model::intended::Intended;
use loadgen::view::model::rates::Counters;
use loadgen::workload::arrival::{Constant, Rate};
use loadgen::workload::{Arrival, Pace, Stage};
use strict_yaml::Span;
use tokio::sync::watch;

/// Longer than this test.
const LENGTH: Duration = Duration::from_secs(60);

fn schedule() -> Schedule {
    let stage = Stage {
        duration: Span(LENGTH),
        arrival: Arrival::Constant(Constant { rate: Rate(300.0) }),
    };
    Schedule::new(vec![stage], Then::Nothing, Dice::new(1))
}

fn brief() -> Brief {
    Brief {
        title: "A test".into(),
        pace: Pace::Open,
        seed: 1,
        length: LENGTH,
        method: None,
        baseline: Duration::ZERO,
        method_timeout: Duration::ZERO,
        recovery: Duration::ZERO,
        drain: Duration::ZERO,
    }
}

#[tokio::test]
async fn what_the_view_knows_of_orders_is_what_the_load_counts() {
    let gateway = Gateway::start(Mood::Accept).await;
    let (feed, inbox) = feed::channel();
    let bench = Bench::before("seen", vec![gateway.url.clone()], &plain(), Some(feed));
    let tally = Arc::clone(&bench.drive.tally);
    let load = Load::new(bench.drive.clone(), 1, 1_000);
    let (stop, stopped) = watch::channel(false);
    let mut model = Model::new(brief(), now_us());
    model.enter("baseline", now_us());
    let began = tokio::time::Instant::now();
    let stopping = async {
        eventually("30 ended", || tally.ended.load(Relaxed) >= 30).await;
        stop.send_replace(true);
    };
    tokio::join!(load.run(schedule(), stopped), stopping);
    let elapsed = began.elapsed();
    assert!(load.drain(LENGTH).await);
    drop(load);
    // Whole, so that every line was told.
    bench.history().await;
    for news in inbox.take() {
        if let News::Line(line) = news {
            model.line(line);
        }
    }
    let intended = Intended::of(schedule()).until(elapsed);
    model.sample(Counters::of(&tally, intended), now_us());

    let (sent, ended) = (tally.sent.load(Relaxed), tally.ended.load(Relaxed));
    assert!(intended >= Some(sent), "{intended:?} of {sent}");
    assert_eq!(model.outcomes.ranked(), [("confirmed", ended)]);
    assert_eq!((model.orders.under_way().count(), inbox.missed()), (0, 0));
    let rows = model.latency.rows(now_us());
    let counts = rows.iter().map(|row| row.since_start.count);
    assert_eq!(counts.sum::<u64>(), 2 * ended, "answers, and ends");
    let i19 = model.claims.standings.last().expect("three");
    assert_eq!((i19.orders, i19.wrong), (ended, 0));
}
