//! Batches of what is ready, and acknowledgements that are checked.

use super::{
    answered,
    convert::{message_of, short},
    translated,
};
use crate::broker::{BrokerError, Consumer, Delivery};
use futures::{FutureExt, StreamExt};
use lapin::{
    Acker, Channel,
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions},
    types::FieldTable,
};
use std::{collections::VecDeque, future::Future};

pub struct AmqpConsumer {
    deliveries: lapin::Consumer,
    /// Not yet settled, by rising tag; at most the prefetch.
    ackers: VecDeque<(u64, Acker)>,
    /// How it ended, found while a batch was taken and told with the next call.
    end: Option<BrokerError>,
    _channel: Channel,
}

pub(super) async fn open(
    channel: Channel,
    queue: &str,
    instance: &str,
    prefetch: u16,
) -> Result<AmqpConsumer, BrokerError> {
    let deliveries = consume(&channel, queue, instance, prefetch, FieldTable::default()).await?;
    Ok(AmqpConsumer {
        deliveries,
        ackers: VecDeque::with_capacity(usize::from(prefetch)),
        end: None,
        _channel: channel,
    })
}

pub(super) async fn consume(
    channel: &Channel,
    queue: &str,
    instance: &str,
    prefetch: u16,
    arguments: FieldTable,
) -> Result<lapin::Consumer, BrokerError> {
    let limited = channel.basic_qos(prefetch, BasicQosOptions::default());
    answered("basic.qos", limited).await?;
    let consuming = channel.basic_consume(
        short(queue),
        short(instance),
        BasicConsumeOptions::default(),
        arguments,
    );
    answered("basic.consume", consuming).await
}

/// Waits for one, then takes what is ready. The end of the stream is an error: nobody
/// cancels a consumer here, so a broker that does has lost the queue or its leader.
pub(super) async fn take_ready(
    deliveries: &mut lapin::Consumer,
    end: &mut Option<BrokerError>,
) -> Result<Vec<lapin::message::Delivery>, BrokerError> {
    if let Some(error) = end {
        return Err(error.clone());
    }
    let mut batch = Vec::new();
    let mut item = deliveries.next().await;
    loop {
        match item {
            Some(Ok(delivery)) => batch.push(delivery),
            Some(Err(error)) => *end = Some(translated(&error)),
            None => {
                *end = Some(BrokerError::Ended(
                    "consumer cancelled by the broker".to_owned(),
                ))
            }
        }
        if end.is_some() {
            break;
        }
        match deliveries.next().now_or_never() {
            Some(ready) => item = ready,
            None => break,
        }
    }
    match end {
        Some(error) if batch.is_empty() => Err(error.clone()),
        Some(_) | None => Ok(batch),
    }
}

pub(super) fn delivery_of(delivery: lapin::message::Delivery) -> (Delivery, Acker) {
    let message = message_of(&delivery.properties, delivery.data);
    let count = message.headers.integer("x-delivery-count").unwrap_or(0);
    let ours = Delivery {
        tag: delivery.delivery_tag,
        redelivered: delivery.redelivered,
        delivery_count: u32::try_from(count).unwrap_or(0),
        exchange: delivery.exchange.to_string(),
        routing_key: delivery.routing_key.to_string(),
        message,
    };
    (ours, delivery.acker)
}

/// lapin answers `false` when it sent nothing because the channel is gone: the broker
/// will deliver again, and whoever believed in the acknowledgement would be wrong.
pub(super) async fn settled(
    what: &'static str,
    work: impl Future<Output = lapin::Result<bool>>,
) -> Result<(), BrokerError> {
    match answered(what, work).await? {
        true => Ok(()),
        false => Err(BrokerError::Ended(format!(
            "{what} was not sent: channel gone"
        ))),
    }
}

impl AmqpConsumer {
    fn take(&mut self, tag: u64) -> Result<Acker, BrokerError> {
        let index = self.ackers.binary_search_by_key(&tag, |(tag, _)| *tag);
        let acker = index.ok().and_then(|index| self.ackers.remove(index));
        acker
            .map(|(_, acker)| acker)
            .ok_or_else(|| BrokerError::Ended(format!("tag {tag} is not open")))
    }
}

impl Consumer for AmqpConsumer {
    async fn next(&mut self) -> Result<Vec<Delivery>, BrokerError> {
        let batch = take_ready(&mut self.deliveries, &mut self.end).await?;
        let batch = batch.into_iter().map(|delivery| {
            let (delivery, acker) = delivery_of(delivery);
            self.ackers.push_back((delivery.tag, acker));
            delivery
        });
        Ok(batch.collect())
    }

    async fn ack_through(&mut self, tag: u64) -> Result<(), BrokerError> {
        let acker = self.take(tag)?;
        self.ackers.retain(|(open, _)| *open > tag);
        settled("basic.ack", acker.ack(BasicAckOptions { multiple: true })).await
    }

    async fn ack(&mut self, tag: u64) -> Result<(), BrokerError> {
        let acker = self.take(tag)?;
        settled("basic.ack", acker.ack(BasicAckOptions::default())).await
    }

    async fn reject(&mut self, tag: u64) -> Result<(), BrokerError> {
        let acker = self.take(tag)?;
        settled(
            "basic.reject",
            acker.reject(BasicRejectOptions { requeue: false }),
        )
        .await
    }
}
