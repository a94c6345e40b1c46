//! What every Jaeger, and the embedded store, answers to the same calls: one suite, two targets.
//!
//! The embedded store is always tested. A real Jaeger is tested when one is at hand: `JAEGER_URL` is set (its
//! query address; `JAEGER_OTLP_URL` and `JAEGER_OTLP_GRPC_URL` where its receivers are not on 4318 and 4317 of
//! the same host), or `jaeger` is on PATH, or Go is there and `TRACESTORE_TEST_JAEGER=1` asks for building it.

mod cases;
mod embedded;
mod real;
mod spans;
mod target;

use std::sync::Arc;

use target::Target;

#[tokio::test]
async fn the_embedded_store_answers_as_jaeger_does() {
    run(embedded::start().await).await;
}

#[tokio::test]
async fn a_real_jaeger_answers_the_same() {
    match real::start().await {
        Ok((target, _process)) => run(target).await,
        Err(why) => eprintln!("not tested against a real Jaeger: {why}"),
    }
}

/// Runs all cases at once: none sees the services of another.
async fn run(target: Target) {
    let target = Arc::new(target);
    let running: Vec<_> = cases::ALL
        .iter()
        .map(|(name, case)| (name, tokio::spawn(case(target.clone()))))
        .collect();
    let mut failed = Vec::new();
    for (name, case) in running {
        match case.await {
            Ok(()) => eprintln!("{}: {name}: ok", target.name),
            Err(_) => failed.push(*name),
        }
    }
    assert!(failed.is_empty(), "{}: {failed:?}", target.name);
}
