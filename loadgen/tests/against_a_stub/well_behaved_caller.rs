//! What the caller makes of each answer, and what it never does.

use std::time::Duration;

use crate::stub::{Bench, Gateway, Mood, completions, plain};
use checkers::Verdict;
use checkers::claims::monotonic_reads;
use checkers::history::Completion;
use loadgen::clock::now_us;
use loadgen::dice::Dice;
use loadgen::drive::caller::{Answer, Caller, Request};
use loadgen::drive::plan::{OPS_PER_ARRIVAL, ReadBack};
use loadgen::drive::trace_ids::TraceIds;
use reqwest::Method;

/// Long enough for the first retries, short enough for a test of failure.
const DEADLINE: Duration = Duration::from_secs(1);

/// Chance decides at which of two gateways an operation begins; of so many, one in a million sees only one of them.
const OPS_TRIED: u64 = 20;

async fn call(gateways: Vec<String>, attempt: Duration) -> Answer {
    call_of(0, gateways, attempt).await
}

async fn call_of(op: u64, gateways: Vec<String>, attempt: Duration) -> Answer {
    let caller = Caller::new(gateways, Dice::new(1), 4).expect("a client");
    let request = Request {
        method: Method::POST,
        path: "/orders".into(),
        body: None,
        key: Some("k1".into()),
        traceparent: TraceIds::of("r1-", 1, 1).sampled(),
        token: None,
        deadline: DEADLINE,
        attempt,
        patience: None,
    };
    caller.call(op, &request).await
}

async fn answer_of(mood: Mood) -> Answer {
    let gateway = Gateway::start(mood).await;
    call(vec![gateway.url], Duration::from_millis(200)).await
}

#[tokio::test]
async fn orders_begin_at_each_of_the_gateways() {
    let gateways = [
        Gateway::start(Mood::Accept).await,
        Gateway::start(Mood::Accept).await,
    ];
    let urls = || gateways.iter().map(|it| it.url.clone()).collect();
    for order in 0..OPS_TRIED {
        call_of(order * OPS_PER_ARRIVAL, urls(), DEADLINE).await;
    }
    let seen = gateways.each_ref().map(|gateway| gateway.seen().len());
    assert!(seen.iter().all(|requests| *requests > 0), "{seen:?}");
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_never_failed() {
    for mood in [
        Mood::HangUp,
        Mood::NeverAnswer,
        Mood::Refuse(500, "no-such-thing"),
        Mood::Refuse(502, "upstream-failed"),
        Mood::Refuse(503, "database-unavailable"),
        Mood::Refuse(504, "deadline-exceeded"),
    ] {
        let answer = answer_of(mood).await;
        assert!(
            matches!(answer, Answer::Unknown { .. }),
            "{mood:?}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_before_any_effect_is_failed() {
    for (status, problem) in [
        (400, "malformed-json"),
        (409, "past-pivot"),
        (422, "unknown-sku"),
        (503, "outbox-full"),
    ] {
        let answer = answer_of(Mood::Refuse(status, problem)).await;
        let expected = Answer::Failed {
            status: Some(status),
            problem: problem.into(),
        };
        assert_eq!(answer, expected);
    }
    let nobody = Gateway::nobody().await;
    let answer = call(vec![nobody], Duration::from_millis(200)).await;
    assert!(
        matches!(answer, Answer::Failed { status: None, .. }),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_refusal_after_a_lost_answer_does_not_undo_the_doubt() {
    let lost = Gateway::start(Mood::Refuse(504, "deadline-exceeded")).await;
    let refusing = Gateway::start(Mood::Refuse(422, "unknown-sku")).await;
    for op in 0..OPS_TRIED {
        let gateways = vec![lost.url.clone(), refusing.url.clone()];
        let answer = call_of(op, gateways, Duration::from_millis(200)).await;
        // Else it began at the one that refuses.
        if !lost.seen().is_empty() {
            assert!(matches!(answer, Answer::Unknown { .. }), "{answer:?}");
            return;
        }
    }
    panic!("none of {OPS_TRIED} began at the first gateway");
}

#[tokio::test]
async fn another_gateway_is_asked_when_one_is_gone() {
    let nobody = Gateway::nobody().await;
    let gateway = Gateway::start(Mood::Accept).await;
    let mut attempts = vec![];
    for op in 0..OPS_TRIED {
        let gateways = vec![nobody.clone(), gateway.url.clone()];
        let answer = call_of(op, gateways, Duration::from_millis(200)).await;
        let Answer::Ok(success) = answer else {
            panic!("{answer:?}")
        };
        attempts.push(success.attempts);
    }
    attempts.sort_unstable();
    attempts.dedup();
    assert_eq!(attempts, [1, 2], "some began at the one that is gone");
}

#[tokio::test]
async fn a_retry_keeps_its_key_and_stays_one_operation() {
    let gateway = Gateway::start(Mood::RefuseFirst(503, "database-unavailable", 2)).await;
    let bench = Bench::new("retry", vec![gateway.url.clone()]);
    let plan = bench.order().await;
    let ids = TraceIds::of("r1-", 1, plan.op);
    let sent = gateway.orders();
    assert_eq!(sent.len(), 3);
    assert!(
        sent.iter()
            .all(|seen| seen.key.as_deref() == Some(plan.place.key.as_str()))
    );
    assert!(
        sent.iter()
            .all(|seen| seen.traceparent == Some(ids.sampled()))
    );
    let history = bench.history().await;
    assert_eq!(history.operations.len(), 1);
    let Completion::Ok { promise, .. } = &history.operations[0].completion else {
        panic!("{:?}", history.operations[0].completion)
    };
    assert_eq!(promise.attempts, 3);
}

#[tokio::test]
async fn a_read_without_a_token_that_comes_too_early_is_no_trouble_and_one_with_a_token_is() {
    for (with_token, troubles) in [(0.0, 0), (1.0, 1)] {
        let mut workload = plain();
        workload.mix.reads.with_token = with_token;
        workload.mix.reads.without_token = 1.0 - with_token;
        let gateway = Gateway::start(Mood::NotYetThere).await;
        let name = format!("early-{with_token}");
        let bench = Bench::of(&name, vec![gateway.url.clone()], &workload);
        bench.order().await;
        assert_eq!(bench.drive.tally.troubles(), troubles);
        let kinds = completions(&bench.history().await);
        // The other one is the read when it has ended.
        assert_eq!((kinds["ok"], kinds["failed"]), (1, 2));
    }
}

#[tokio::test]
async fn only_watching_requests_are_left_out_of_the_traces() {
    let gateway = Gateway::start(Mood::Accept).await;
    let bench = Bench::new("traces", vec![gateway.url.clone()]);
    bench.order().await;
    for seen in gateway.seen() {
        let sampled = seen
            .traceparent
            .as_deref()
            .is_some_and(|header| header.ends_with("-01"));
        assert_eq!(sampled, seen.method == Method::POST, "{seen:?}");
    }
    assert_eq!(completions(&bench.history().await).get("ok"), Some(&1));
}

#[tokio::test]
async fn an_order_that_is_read_back_is_read_again_once_it_has_ended() {
    let gateway = Gateway::start(Mood::Accept).await;
    let bench = Bench::new("again", vec![gateway.url.clone()]);
    let mut plan = bench.drive.planner.arrival(0).expect("drawn");
    plan.read_back = ReadBack::WithToken;
    let ids = TraceIds::of("r1-", 1, plan.op);
    bench.drive.order(&plan, &ids, now_us()).await;
    let report = monotonic_reads::check(&bench.history().await).expect("it was read");
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.examined);
}
