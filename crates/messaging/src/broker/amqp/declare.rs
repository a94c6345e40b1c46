//! The topology as AMQP arguments.

use super::{answered, convert::short};
use crate::{
    broker::BrokerError,
    topology::{ExchangeKind, QueueKind, Topology},
};
use lapin::{
    Channel,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};

pub(super) async fn declare(channel: &Channel, topology: &Topology) -> Result<(), BrokerError> {
    for exchange in &topology.exchanges {
        let kind = match exchange.kind {
            ExchangeKind::Topic => lapin::ExchangeKind::Topic,
            ExchangeKind::Direct => lapin::ExchangeKind::Direct,
        };
        let durable = ExchangeDeclareOptions {
            durable: true,
            ..Default::default()
        };
        let declared =
            channel.exchange_declare(short(&exchange.name), kind, durable, FieldTable::default());
        answered("exchange.declare", declared).await?;
    }
    for queue in &topology.queues {
        let durable = QueueDeclareOptions {
            durable: true,
            ..Default::default()
        };
        let declared = channel.queue_declare(short(&queue.name), durable, arguments(&queue.kind));
        answered("queue.declare", declared).await?;
    }
    for binding in &topology.bindings {
        let bound = channel.queue_bind(
            short(&binding.queue),
            short(&binding.exchange),
            short(&binding.routing_key),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        answered("queue.bind", bound).await?;
    }
    Ok(())
}

fn arguments(kind: &QueueKind) -> FieldTable {
    let mut table = FieldTable::default();
    let text = |table: &mut FieldTable, name: &str, value: &str| {
        table.insert(short(name), AMQPValue::LongString(value.into()));
    };
    let number = |table: &mut FieldTable, name: &str, value: u64| {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        table.insert(short(name), AMQPValue::LongLongInt(value));
    };
    match kind {
        QueueKind::Quorum {
            delivery_limit,
            dead_letter,
            length_max,
        } => {
            text(&mut table, "x-queue-type", "quorum");
            text(&mut table, "x-overflow", "reject-publish");
            if let Some(limit) = delivery_limit {
                number(&mut table, "x-delivery-limit", u64::from(*limit));
            }
            if let Some((exchange, routing_key)) = dead_letter {
                text(&mut table, "x-dead-letter-exchange", exchange);
                text(&mut table, "x-dead-letter-routing-key", routing_key);
                // The default republishes without confirms: a full or missing
                // dead-letter queue would then lose the message.
                text(&mut table, "x-dead-letter-strategy", "at-least-once");
            }
            if let Some(length) = length_max {
                number(&mut table, "x-max-length", *length);
            }
        }
        QueueKind::Stream { bytes_max } => {
            text(&mut table, "x-queue-type", "stream");
            number(&mut table, "x-max-length-bytes", *bytes_max);
        }
    }
    table
}
