//! A stream queue, read from an offset.

use super::{
    consumer::{consume, delivery_of, settled, take_ready},
    convert::short,
};
use crate::broker::{BrokerError, Delivery, Offset, Tail};
use lapin::{
    Acker, Channel,
    options::BasicAckOptions,
    types::{AMQPValue, FieldTable},
};

pub struct AmqpTail {
    deliveries: lapin::Consumer,
    /// The last of the batch that was handed out; acknowledging is how a stream gives credit.
    last: Option<Acker>,
    /// A stream is read from the beginning of a chunk: what is below is skipped.
    from: u64,
    end: Option<BrokerError>,
    _channel: Channel,
}

pub(super) async fn open(
    channel: Channel,
    stream: &str,
    instance: &str,
    from: Offset,
    prefetch: u16,
) -> Result<AmqpTail, BrokerError> {
    let (start, from) = match from {
        Offset::First => (AMQPValue::LongString("first".into()), 0),
        Offset::At(offset) => (
            AMQPValue::LongLongInt(i64::try_from(offset).unwrap_or(i64::MAX)),
            offset,
        ),
    };
    let mut arguments = FieldTable::default();
    arguments.insert(short("x-stream-offset"), start);
    let deliveries = consume(&channel, stream, instance, prefetch, arguments).await?;
    Ok(AmqpTail {
        deliveries,
        last: None,
        from,
        end: None,
        _channel: channel,
    })
}

impl Tail for AmqpTail {
    async fn next(&mut self) -> Result<Vec<(u64, Delivery)>, BrokerError> {
        loop {
            if let Some(last) = self.last.take() {
                settled("basic.ack", last.ack(BasicAckOptions { multiple: true })).await?;
            }
            let batch = take_ready(&mut self.deliveries, &mut self.end).await?;
            let mut entries = Vec::with_capacity(batch.len());
            for delivery in batch {
                let (delivery, acker) = delivery_of(delivery);
                self.last = Some(acker);
                let offset = delivery.message.headers.integer("x-stream-offset");
                let offset = offset.and_then(|offset| u64::try_from(offset).ok());
                match offset {
                    Some(offset) if offset >= self.from => entries.push((offset, delivery)),
                    Some(_) => {}
                    None => {
                        return Err(BrokerError::Refused(
                            "not a stream: no x-stream-offset".into(),
                        ));
                    }
                }
            }
            if !entries.is_empty() {
                return Ok(entries);
            }
        }
    }
}
