//! When the caller sends again, by which way, and how often.

use std::sync::Arc;
use std::time::Duration;

use crate::stub::{Bench, Gateway, Mood, completions, plain};
use futures::future::join_all;
use loadgen::dice::Dice;
use loadgen::drive::caller::{Answer, Caller, Request};
use loadgen::drive::trace_ids::TraceIds;
use reqwest::Method;

fn command(op: u64) -> Request {
    Request {
        method: Method::POST,
        path: "/orders".into(),
        body: None,
        key: Some(format!("k{op}")),
        traceparent: TraceIds::of("r1-", 1, op).sampled(),
        token: None,
        deadline: Duration::from_secs(60),
        attempt: Duration::from_secs(60),
        patience: None,
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let gateway = Gateway::start(Mood::Accept).await;
    let caller = Caller::new(vec![gateway.url.clone()], Dice::new(1), 4).expect("a client");
    for op in 0..20 {
        caller.call(op, &command(op)).await;
    }
    let seen = gateway.seen();
    assert_eq!(seen.len(), 20);
    assert!(seen.iter().all(|one| one.peer == seen[0].peer), "{seen:?}");
}

#[tokio::test]
async fn who_is_told_when_to_come_back_comes_no_sooner() {
    let gateway = Gateway::start(Mood::ComeBack(429, "1")).await;
    let caller = Caller::new(vec![gateway.url.clone()], Dice::new(1), 4).expect("a client");
    let answer = caller.call(1, &command(1)).await;
    assert!(matches!(answer, Answer::Ok(_)), "{answer:?}");
    let seen = gateway.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_secs(1));
}

#[tokio::test]
async fn who_is_told_to_come_back_after_the_deadline_does_not() {
    for after in [
        "3600",
        "18446744073709551615",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        let gateway = Gateway::start(Mood::ComeBack(429, after)).await;
        let caller = Caller::new(vec![gateway.url.clone()], Dice::new(1), 4).expect("a client");
        let answer = caller.call(1, &command(1)).await;
        // A date is not a number of seconds: the usual backoff.
        let is_number = after.parse::<u64>().is_ok();
        assert_eq!(
            matches!(answer, Answer::Failed { .. }),
            is_number,
            "{answer:?}"
        );
        assert_eq!(gateway.seen().len(), if is_number { 1 } else { 2 });
    }
}

#[tokio::test]
async fn retries_stay_within_their_budget_however_many_fail() {
    const RESERVE: usize = 4;
    const COMMANDS: u64 = 30;
    let gateway = Gateway::start(Mood::Refuse(503, "outbox-full")).await;
    let caller =
        Arc::new(Caller::new(vec![gateway.url.clone()], Dice::new(1), RESERVE).expect("a client"));
    let calls = (0..COMMANDS).map(|op| {
        let caller = Arc::clone(&caller);
        async move { caller.call(op, &command(op)).await }
    });
    let answers = join_all(calls).await;
    let is_failed = |answer: &Answer| {
        matches!(
            answer,
            Answer::Failed {
                status: Some(503),
                ..
            }
        )
    };
    assert!(answers.iter().all(is_failed));
    let retries = gateway.seen().len() - COMMANDS as usize;
    assert!(
        (1..=RESERVE + COMMANDS as usize).contains(&retries),
        "{retries}"
    );
}

#[tokio::test]
async fn who_is_impatient_sends_again_with_the_same_key_and_it_stays_one_operation() {
    let mut workload = plain();
    workload.mix.impatient = 1.0;
    // Far beyond any patience: the first answer never comes in time.
    let gateway = Gateway::start(Mood::SlowAtFirst(Duration::from_secs(600))).await;
    let bench = Bench::of("impatient", vec![gateway.url.clone()], &workload);
    let plan = bench.order().await;
    let sent = gateway.orders();
    assert!(sent.len() >= 2, "{sent:?}");
    assert!(
        sent.iter()
            .all(|seen| seen.key.as_ref() == Some(&plan.place.key))
    );
    let history = bench.history().await;
    assert_eq!(completions(&history).get("ok"), Some(&1));
    let promise = history.operations[0].promise();
    assert!(promise.is_some_and(|promise| promise.attempts >= 2));
}
