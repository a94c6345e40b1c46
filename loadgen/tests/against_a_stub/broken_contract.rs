//! Answers that no gateway of ours gives: counted for what they say, which is rarely anything, and never a panic.

use std::sync::atomic::Ordering::Relaxed;

use crate::stub::{Bench, Gateway, Mood, completions, plain};
use futures::future::join_all;
use loadgen::workload::Workload;

/// The first order against a gateway of that mood: what was written down, and failed and unknown as counted.
async fn first_order(mood: Mood, workload: &Workload) -> (Vec<(&'static str, usize)>, u64, u64) {
    let gateway = Gateway::start(mood).await;
    let bench = Bench::of(
        &format!("{mood:?}").replace(['/', '"', ' '], "-"),
        vec![gateway.url],
        workload,
    );
    bench.order().await;
    let tally = &bench.drive.tally;
    let (failed, unknown) = (tally.failed.load(Relaxed), tally.unknown.load(Relaxed));
    let ends = completions(&bench.history().await).into_iter().collect();
    (ends, failed, unknown)
}

#[tokio::test]
async fn a_success_without_an_order_in_it_is_unknown() {
    for body in [
        "",
        "null",
        "[]",
        "{",
        "{}",
        "\"accepted\"",
        r#"{"order_id": 7, "status": "placed"}"#,
        r#"{"order_id": "soon", "version": "one"}"#,
    ] {
        let found = first_order(Mood::Body(202, body), &plain()).await;
        assert_eq!(found, (vec![("unknown", 1)], 0, 1), "{body}");
    }
}

#[tokio::test]
async fn a_page_is_unknown_whatever_its_status_says() {
    let statuses = [200, 204, 302, 400, 404, 409, 429, 502, 599, 799];
    let orders = statuses.map(async |status| {
        let found = first_order(Mood::Page(status), &plain()).await;
        assert_eq!(found, (vec![("unknown", 1)], 0, 1), "{status}");
    });
    join_all(orders).await;
}

#[tokio::test]
async fn a_refusal_that_names_no_problem_of_the_gateways_is_unknown() {
    let bodies = [
        "null",
        "{}",
        r#"{"type": 7}"#,
        r#"{"type": "about:blank", "status": 404}"#,
        r#"{"error": "no such path"}"#,
    ];
    let orders = bodies.map(async |body| {
        let found = first_order(Mood::Body(404, body), &plain()).await;
        assert_eq!(found, (vec![("unknown", 1)], 0, 1), "{body}");
    });
    join_all(orders).await;
}

#[tokio::test]
async fn a_success_about_no_order_or_another_one_is_unknown_to_who_cancels_or_reads() {
    let mut workload = plain();
    workload.mix.cancel = 1.0;
    workload.mix.reads.without_token = 1.0;
    for body in [
        "{}",
        r#"{"order_id": "soon", "status": "confirmed", "version": 2}"#,
        r#"{"order_id": "00000000-0000-4000-8000-000000000007", "status": "confirmed", "version": 2}"#,
    ] {
        // A cancel, a read, and one more when the order has ended.
        let found = first_order(Mood::BodyAfterwards(body), &workload).await;
        assert_eq!(found, (vec![("ok", 1), ("unknown", 3)], 0, 3), "{body}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let gateway = Gateway::start(Mood::Elsewhere).await;
    let bench = Bench::new("redirect", vec![gateway.url.clone()]);
    bench.order().await;
    let seen: Vec<String> = gateway.seen().into_iter().map(|seen| seen.path).collect();
    assert!(
        !seen.is_empty() && seen.iter().all(|path| path == "/orders"),
        "{seen:?}"
    );
}
