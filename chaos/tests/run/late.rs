//! A fault that takes long to begin: how long it is left in force.

use std::future::pending;
use std::time::Duration;

use crate::stub::Stub;

const LASTS: Duration = Duration::from_millis(300);

const EXPERIMENT: &str = "
title: A fault that takes long to begin
description: a test
workload: {rate: 1, baseline: 1s, duration: 1s}
method:
  - {fault: broker/length-limit, with: {queue: orders, max-length: 1}, duration: 300ms}
";

#[tokio::test]
async fn a_fault_lasts_as_long_as_it_was_asked_for_however_late_it_began() {
    let stub = Stub::start().await;
    stub.now().begins_after = 2 * LASTS;
    stub.run("late", EXPERIMENT, pending()).await;

    let now = stub.now();
    let in_force = now.ended[0].1 - now.begun[0];
    assert!(in_force >= LASTS, "in force for {in_force:?}");
}
