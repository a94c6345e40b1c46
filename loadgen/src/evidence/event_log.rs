//! The stream `events.log`, read from the run's beginning to its end.

use std::collections::BTreeSet;
use std::time::Duration;

use checkers::state::{EventLog, LogEntry};
use futures::StreamExt;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ConnectionProperties, Consumer};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::Scope;

const STREAM: &str = "events.log";
/// A stream consumer must bound what is under way; this many keep it busy.
const PREFETCH: u16 = 1_000;
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The last chunk of a stream that nobody writes to any more comes at once.
const SILENCE: Duration = Duration::from_secs(2);
/// About 10,000 entries a second: a million entries.
const READ_TIMEOUT: Duration = Duration::from_secs(120);
/// The clocks are the same machine's, and a chunk is found by its first entry: some margin costs nothing.
const MARGIN_S: u64 = 10;

pub async fn read(uri: &str, scope: &Scope, orders: &BTreeSet<Uuid>) -> Result<EventLog, String> {
    let connection = connect(uri, "verifier/events.log").await?;
    let log = read_through(&connection, scope, orders).await;
    // The answer to a close is a courtesy: the log has been read, or not.
    let _ = timeout(ANSWER_TIMEOUT, connection.close(200, "read".into())).await;
    log
}

async fn read_through(
    connection: &Connection,
    scope: &Scope,
    orders: &BTreeSet<Uuid>,
) -> Result<EventLog, String> {
    let last = last_offset(connection).await?;
    let since_s = (scope.started_ms / 1_000).saturating_sub(MARGIN_S);
    let mut consumer = consume(connection, AMQPValue::Timestamp(since_s)).await?;
    let until = Instant::now() + READ_TIMEOUT;
    let mut entries = Vec::new();
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let delivery = match timeout(left, consumer.next()).await {
            Ok(Some(delivery)) => delivery.map_err(failed)?,
            Ok(None) => return Err("events.log: the broker ended the consumer".into()),
            Err(_) => {
                let read = entries.len();
                return Err(format!(
                    "events.log: offset {last} was not reached in time, {read} entries read"
                ));
            }
        };
        let offset = offset(&delivery)?;
        delivery
            .ack(BasicAckOptions::default())
            .await
            .map_err(failed)?;
        if let Some(entry) = entry(offset, &delivery, scope, orders)? {
            entries.push(entry);
        }
        if offset >= last {
            return Ok(EventLog { entries });
        }
    }
}

/// The end, so that silence is never taken for it.
async fn last_offset(connection: &Connection) -> Result<u64, String> {
    let mut consumer = consume(connection, AMQPValue::LongString("last".into())).await?;
    let mut last = None;
    while let Ok(next) = timeout(SILENCE, consumer.next()).await {
        let delivery = next
            .ok_or("events.log: the broker ended the consumer")?
            .map_err(failed)?;
        last = last.max(Some(offset(&delivery)?));
        delivery
            .ack(BasicAckOptions::default())
            .await
            .map_err(failed)?;
    }
    last.ok_or_else(|| "events.log: it is empty".into())
}

async fn consume(connection: &Connection, from: AMQPValue) -> Result<Consumer, String> {
    let consuming = async {
        let channel: Channel = connection.create_channel().await?;
        channel
            .basic_qos(PREFETCH, BasicQosOptions::default())
            .await?;
        let mut arguments = FieldTable::default();
        arguments.insert("x-stream-offset".into(), from);
        let options = BasicConsumeOptions::default();
        channel
            .basic_consume(STREAM.into(), "".into(), options, arguments)
            .await
    };
    match timeout(ANSWER_TIMEOUT, consuming).await {
        Ok(consumer) => consumer.map_err(failed),
        Err(_) => Err("events.log: the broker did not answer".into()),
    }
}

pub(super) async fn connect(uri: &str, name: &str) -> Result<Connection, String> {
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    match timeout(ANSWER_TIMEOUT, Connection::connect(uri, properties)).await {
        Ok(connection) => connection.map_err(|error| format!("RabbitMQ: {error}")),
        Err(_) => Err("RabbitMQ: no connection in time".into()),
    }
}

fn offset(delivery: &Delivery) -> Result<u64, String> {
    let headers = delivery.properties.headers().as_ref();
    match headers.and_then(|headers| headers.inner().get("x-stream-offset")) {
        Some(AMQPValue::LongLongInt(offset)) => Ok(offset.unsigned_abs()),
        _ => Err("events.log: a delivery without an offset: is it a stream?".into()),
    }
}

/// Entries of the run: of its orders, or about its SKUs.
fn entry(
    offset: u64,
    delivery: &Delivery,
    scope: &Scope,
    orders: &BTreeSet<Uuid>,
) -> Result<Option<LogEntry>, String> {
    let properties = &delivery.properties;
    let order_id: Option<Uuid> = properties
        .correlation_id()
        .as_ref()
        .and_then(|id| id.as_str().parse().ok());
    let ours = match order_id {
        Some(order_id) => orders.contains(&order_id),
        None => is_about(&delivery.data, &scope.prefix),
    };
    if !ours {
        return Ok(None);
    }
    let message_id = properties
        .message_id()
        .as_ref()
        .and_then(|id| id.as_str().parse().ok())
        .ok_or_else(|| format!("events.log: the entry at {offset} has no message id"))?;
    let kind = properties
        .kind()
        .as_ref()
        .map(|kind| kind.to_string())
        .unwrap_or_default();
    let routing_key = delivery.routing_key.to_string();
    Ok(Some(LogEntry {
        offset,
        message_id,
        order_id,
        kind,
        routing_key,
    }))
}

fn is_about(body: &[u8], prefix: &str) -> bool {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    body["sku"]
        .as_str()
        .is_some_and(|sku| sku.starts_with(prefix))
}

pub(super) fn text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}

fn failed(error: lapin::Error) -> String {
    format!("events.log: {error}")
}
