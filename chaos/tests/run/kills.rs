//! How many may lose their lives.

use std::future::pending;

use chaos::run::Ending;

use crate::stub::Stub;

fn experiment(kills_max: u32) -> String {
    format!(
        "
title: Two kills at once
description: a test
workload: {{}}
kills-max: {kills_max}
method:
  - parallel:
      - {{fault: process/kill, blast-radius: {{fixed: 2}}}}
      - {{fault: process/kill, blast-radius: {{fixed: 2}}}}
"
    )
}

#[tokio::test]
async fn two_kills_at_once_do_not_share_what_only_one_may_have() {
    let stub = Stub::start().await;
    let (ending, journal, _) = stub.run("few", &experiment(3), pending()).await;
    assert_eq!(stub.now().killed, 2);
    assert_eq!(ending, Ending::Unknown);
    assert_eq!(journal["status"], "failed", "{journal}");
}

#[tokio::test]
async fn two_kills_at_once_may_have_what_is_there_for_both() {
    let stub = Stub::start().await;
    let (ending, journal, _) = stub.run("enough", &experiment(4), pending()).await;
    assert_eq!(stub.now().killed, 4);
    assert_eq!(ending, Ending::Held, "{journal}");
}

#[tokio::test]
async fn who_might_have_died_and_lives_may_die_later() {
    let stub = Stub::start().await;
    // Of four who fit, the stub kills one.
    let method = "  - {fault: process/kill, blast-radius: all}
  - {fault: process/kill, blast-radius: {fixed: 3}}";
    let text = experiment(4);
    let head = text.split("method:").next().expect("a head");
    let text = format!("{head}method:\n{method}\n");
    let (ending, journal, _) = stub.run("later", &text, pending()).await;
    assert_eq!(ending, Ending::Held, "{journal}");
    assert_eq!(stub.now().killed, 4);
}
