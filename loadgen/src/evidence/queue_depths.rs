//! What is left in the queues when everything is quiet.

use std::time::Duration;

use checkers::state::QueueDepth;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::management;
use crate::endpoints::{Endpoints, Secrets};

/// The management counts every 5 s: by its second count a queue that was emptied is shown empty.
const EMPTY_WITHIN: Duration = Duration::from_secs(12);
const LOOK_EVERY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Queue {
    name: String,
    #[serde(default)]
    arguments: serde_json::Value,
    messages_ready: Option<u64>,
    messages_unacknowledged: Option<u64>,
}

/// Once all are empty, or as they are when their time is over.
pub async fn read(endpoints: &Endpoints, secrets: &Secrets) -> Result<Vec<QueueDepth>, String> {
    let until = Instant::now() + EMPTY_WITHIN;
    loop {
        let queues: Vec<Queue> = management::get(endpoints, secrets, "/api/queues/%2f").await?;
        let depths = depths(queues);
        let is_empty = |depth: &QueueDepth| depth.ready + depth.unacknowledged == 0;
        let are_empty = (depths.as_ref()).is_ok_and(|depths| depths.iter().all(is_empty));
        if are_empty || Instant::now() >= until {
            return depths;
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Of the queues that somebody should empty: a stream keeps what it has, and so do dead letters.
fn depths(queues: Vec<Queue>) -> Result<Vec<QueueDepth>, String> {
    let emptied = queues.into_iter().filter(|queue| {
        !queue.name.ends_with(".dead") && queue.arguments["x-queue-type"] != "stream"
    });
    emptied.map(depth).collect()
}

/// A queue that was declared a moment ago has no count yet; that is not zero.
fn depth(queue: Queue) -> Result<QueueDepth, String> {
    match (queue.messages_ready, queue.messages_unacknowledged) {
        (Some(ready), Some(unacknowledged)) => Ok(QueueDepth {
            queue: queue.name,
            ready,
            unacknowledged,
        }),
        _ => Err(format!("{}: the management has not counted it", queue.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Vec<QueueDepth>, String> {
        depths(serde_json::from_str(text).expect("queues"))
    }

    #[test]
    fn queues_that_are_emptied_are_counted_and_others_are_not() {
        let counted = of(r#"[
            {"name":"orders","arguments":{"x-queue-type":"quorum"},
             "messages_ready":3,"messages_unacknowledged":1},
            {"name":"orders.dead","messages_ready":9,"messages_unacknowledged":0},
            {"name":"events.log","arguments":{"x-queue-type":"stream"},
             "messages_ready":99,"messages_unacknowledged":0}]"#);
        let orders = QueueDepth {
            queue: "orders".into(),
            ready: 3,
            unacknowledged: 1,
        };
        assert_eq!(counted, Ok(vec![orders]));
    }

    #[test]
    fn a_queue_without_a_count_is_not_empty() {
        let uncounted = of(r#"[{"name":"orders"}]"#);
        assert!(uncounted.is_err_and(|why| why.starts_with("orders")));
    }
}
