//! Answers that no gateway of ours gives: counted for what they say, which is rarely anything, and never a panic.

use std::sync::atomic::Ordering::Relaxed;

use crate::stub::{Bench, Gateway, Mood, completions, plain};
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
async fn a_page_is_unknown_whatever_its_status_says_but_for_a_refusal() {
    for (status, ends) in [
        (200, "unknown"),
        (204, "unknown"),
        (302, "unknown"),
        (404, "failed"),
        (502, "unknown"),
        (599, "unknown"),
        (799, "unknown"),
    ] {
        let (found, failed, unknown) = first_order(Mood::Page(status), &plain()).await;
        assert_eq!(found, vec![(ends, 1)], "{status}");
        assert_eq!(failed + unknown, 1, "{status}: counted once");
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
