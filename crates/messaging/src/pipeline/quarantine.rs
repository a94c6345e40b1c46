//! The dead letter of a message that cannot be handled: its body and headers as they
//! came, and why.

use super::{outflow::Outflow, spans, stop::Stop};
use crate::{
    backoff::Backoff,
    broker::{Delivery, Outcome},
    clock::Clock,
    entropy::Entropy,
    message::{Publication, Value},
    metrics,
    topology::DEAD,
};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

pub const DEAD_REASON: &str = "x-dead-reason";
pub const DEAD_AT_MS: &str = "x-dead-at-ms";
pub const ORIGINAL_EXCHANGE: &str = "x-original-exchange";
pub const ORIGINAL_ROUTING_KEY: &str = "x-original-routing-key";

/// A panic's words or a parser's complaint about hostile input may be long; what a person
/// reads is not.
const REASON_LENGTH_MAX: usize = 500;

fn letter(service: &str, delivery: &Delivery, reason: &str, now_ms: i64) -> Publication {
    let mut message = delivery.message.clone();
    // A publish is matched with its confirm by id. The same bytes get the same one.
    message.id.get_or_insert_with(|| {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &delivery.message.body).to_string()
    });
    let reason: String = reason.chars().take(REASON_LENGTH_MAX).collect();
    message.headers.set(DEAD_REASON, Value::Text(reason));
    message.headers.set(DEAD_AT_MS, Value::Integer(now_ms));
    message
        .headers
        .set(ORIGINAL_EXCHANGE, Value::Text(delivery.exchange.clone()));
    message.headers.set(
        ORIGINAL_ROUTING_KEY,
        Value::Text(delivery.routing_key.clone()),
    );
    Publication {
        exchange: DEAD.into(),
        routing_key: service.to_owned(),
        message,
    }
}

/// A message and why it cannot be handled.
pub(super) struct Poison {
    pub(super) delivery: Delivery,
    /// As a label: a kind this service knows, or `unknown`.
    pub(super) kind: String,
    pub(super) reason: String,
}

/// Publishes the dead letter until it is confirmed. The message stays unacknowledged
/// meanwhile; a crash only means that it comes again. Gives the tag back, or nothing
/// when draining was requested first.
pub(super) async fn quarantine<C: Clock>(
    service: &'static str,
    poison: Poison,
    outflow: Outflow,
    clock: C,
    entropy: Arc<dyn Entropy>,
    stop: Stop,
) -> Option<u64> {
    let Poison {
        delivery,
        kind,
        reason,
    } = poison;
    tracing::error!(
        message_id = delivery.message.id,
        kind,
        routing_key = delivery.routing_key,
        "message goes to {service}.dead: {reason}"
    );
    spans::dead_letter(service, &delivery, &reason);
    let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
    let letter = letter(service, &delivery, &reason, clock.now_ms());
    loop {
        let outcomes = stop.or(outflow.publish(vec![letter.clone()])).await?;
        if outcomes == [Outcome::Confirmed] {
            metrics::MESSAGES_HANDLED.add(1, &[&kind, "dead_lettered"]);
            return Some(delivery.tag);
        }
        stop.or(clock.sleep(backoff.next(&*entropy))).await?;
    }
}
