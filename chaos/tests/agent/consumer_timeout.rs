//! The broker's short patience ends with the fault: also on channels that began while it was in force.

use chaos::fault::broker::consumer_timeout;
use serde_json::json;

use crate::site::Stage;

/// Who began when, nobody can tell of channels; all of the services' are closed, and nobody else's.
const LEFT: [&str; 1] = ["of-onlooker"];

#[tokio::test]
async fn every_connection_of_a_service_is_closed_at_its_end() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    let of = json!({ "service": "orders" });
    let with = json!({ "timeout": "2s" });
    let number = stage.inject(id, "broker/consumer-timeout", of, with).await;
    let number = number.expect("it is worked");
    assert_eq!(
        stage.broker.names("/connections"),
        ["of-gateway", "of-onlooker"]
    );
    stage.broker.connect("orders");

    stage.experiments.end(id, number).await.expect("it ends");
    assert_eq!(stage.broker.names("/connections"), LEFT);
    assert_eq!(stage.broker.names("/global-parameters"), [""; 0]);
}

#[tokio::test]
async fn every_connection_of_a_service_is_closed_by_the_agent_after_one_that_died() {
    let stage = Stage::open().await;
    let id = stage.begin().await;
    let of = json!({ "service": "orders" });
    let with = json!({ "timeout": "2s" });
    let begun = stage.inject(id, "broker/consumer-timeout", of, with).await;
    begun.expect("it is worked");
    stage.broker.connect("orders");

    // As an agent does that finds the marker of a dead one.
    let swept = consumer_timeout::sweep(&stage.experiments.site).await;
    swept.expect("nothing is in its way");
    assert_eq!(stage.broker.names("/connections"), LEFT);
    assert_eq!(stage.broker.names("/global-parameters"), [""; 0]);
}
