//! Of a fault that broke off half-way, the journal has both halves.

use chaos::agent::client::Agent;
use chaos::experiment::Experiment;
use chaos::journal::{ActivityStatus, Journal};
use chaos::run::method::Method;
use chaos::run::record::{Part, Record};
use chaos::run::system::{Endpoints, Secrets, System, User};
use serde_json::json;

use crate::site::stub;

const EXPERIMENT: &str = "
title: A fault that breaks off
description: a test
workload: {rate: 1, baseline: 1s, duration: 1s}
method:
  - {fault: broker/poison, with: {queue: orders, count: 2}}
  - {fault: broker/poison, with: {queue: shipping}}
";

#[tokio::test]
async fn its_activity_is_failed_and_keeps_its_receipts_and_nothing_more_is_broken() {
    let (url, heard) = stub(|asked, _| match asked {
        "POST /experiments/1/faults" => (200, json!({ "number": 0 })),
        _ => {
            let receipt = json!({ "what": "broker/poison", "name": "orders", "at_ms": 1 });
            let told = json!({
                "fault": "broker/poison", "name": "", "is_over": true, "left_ms": 0,
                "receipts": [receipt], "touched": 1, "doubt": "no answer",
            });
            (200, told)
        }
    })
    .await;
    let system = System {
        agent: Agent::new(&url, "token".into()),
        http: reqwest::Client::new(),
        endpoints: Endpoints {
            gateway: vec![],
            prometheus: url.clone(),
            rabbitmq_management: url,
        },
        secrets: Secrets {
            databases: Default::default(),
            amqp_management: User {
                user: String::new(),
                password: String::new(),
            },
        },
    };
    let experiment: Experiment = strict_yaml::parse(EXPERIMENT).expect("an experiment");
    let path = std::env::temp_dir().join(format!("chaos-doubt-{}.json", std::process::id()));
    let record = Record::begin(Journal::begin(experiment.clone(), 1), &path).expect("a journal");
    let tell = |_: String| ();
    let method = Method::new(&system, 1, &experiment, 1, (&record, Part::Run), &tell);
    let error = method.run(&experiment.method).await.expect_err("a doubt");
    assert!(error.contains("no answer"), "{error}");
    let activities = record.note(|journal| journal.run.clone());
    std::fs::remove_file(&path).expect("it was written");
    assert_eq!(activities.len(), 1, "{activities:?}");
    assert_eq!(activities[0].status, ActivityStatus::Failed);
    assert_eq!(activities[0].receipts.len(), 1);
    assert_eq!(heard.count("POST /experiments/1/faults"), 1);
}
