//! The dead-letter queues, looked into without taking anything out.

use std::time::Duration;

use checkers::state::DeadLetter;
use lapin::message::BasicGetMessage;
use lapin::options::BasicGetOptions;
use lapin::types::AMQPValue;
use serde::Deserialize;
use tokio::time::timeout;

use super::event_log::{connect, text};
use super::{Scope, management};
use crate::endpoints::{Endpoints, Secrets};

/// Letters looked at in one queue, those of earlier runs among them: of more, it is not known what the others are.
const LETTERS_MAX: usize = 1_000;
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Queue {
    name: String,
    #[serde(default)]
    arguments: serde_json::Value,
}

pub async fn read(
    endpoints: &Endpoints,
    secrets: &Secrets,
    scope: &Scope,
) -> Result<Vec<DeadLetter>, String> {
    let queues: Vec<Queue> = management::get(endpoints, secrets, "/api/queues/%2f").await?;
    let dead: Vec<String> = queues
        .into_iter()
        .filter(|queue| {
            queue.name.ends_with(".dead") && queue.arguments["x-queue-type"] != "stream"
        })
        .map(|queue| queue.name)
        .collect();
    if dead.is_empty() {
        return Err("the broker has no dead-letter queue".into());
    }
    let mut letters = Vec::new();
    for queue in dead {
        letters.extend(peek(&secrets.amqp, &queue, scope).await?);
    }
    Ok(letters)
}

/// Gets without acknowledging: what was got goes back when the connection ends.
async fn peek(uri: &str, queue: &str, scope: &Scope) -> Result<Vec<DeadLetter>, String> {
    let connection = connect(uri, "verifier/dead-letters").await?;
    let failed = |error: lapin::Error| format!("{queue}: {error}");
    let channel = connection.create_channel().await.map_err(failed)?;
    let mut letters = Vec::new();
    for nth in 0.. {
        let get = channel.basic_get(queue.into(), BasicGetOptions::default());
        let got = timeout(ANSWER_TIMEOUT, get)
            .await
            .map_err(|_| format!("{queue}: the broker did not answer"))?
            .map_err(failed)?;
        let Some(message) = got else { break };
        if nth == LETTERS_MAX {
            return Err(format!(
                "{queue} holds more than {LETTERS_MAX} letters; purge those of earlier runs"
            ));
        }
        if since(&message, scope) {
            letters.push(letter(queue, &message));
        }
    }
    // The answer to a close is a courtesy: the letters have been read.
    let _ = timeout(ANSWER_TIMEOUT, connection.close(200, "read".into())).await;
    Ok(letters)
}

/// What died before the run is not of the run. What does not say when it died is taken to be.
fn since(message: &BasicGetMessage, scope: &Scope) -> bool {
    match header(message, "x-dead-at-ms") {
        Some(AMQPValue::LongLongInt(at_ms)) => *at_ms >= scope.started_ms as i64,
        _ => match message.properties.timestamp() {
            Some(at_s) => *at_s >= scope.started_ms / 1_000,
            None => true,
        },
    }
}

fn letter(queue: &str, message: &BasicGetMessage) -> DeadLetter {
    let properties = &message.properties;
    let reason = ["x-dead-reason", "x-first-death-reason"]
        .into_iter()
        .find_map(|key| header(message, key).and_then(text));
    DeadLetter {
        queue: queue.into(),
        message_id: properties.message_id().as_ref().map(|id| id.to_string()),
        order_id: properties
            .correlation_id()
            .as_ref()
            .and_then(|id| id.as_str().parse().ok()),
        kind: properties.kind().as_ref().map(|kind| kind.to_string()),
        reason,
    }
}

fn header<'a>(message: &'a BasicGetMessage, key: &str) -> Option<&'a AMQPValue> {
    message.properties.headers().as_ref()?.inner().get(key)
}
