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
    /// Not handed out yet: whoever stops waiting in the middle finds them with the next call.
    taken: Vec<(u64, Delivery)>,
    /// The last of them, until it is acknowledged.
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
        taken: Vec::new(),
        last: None,
        from,
        end: None,
        _channel: channel,
    })
}

impl Tail for AmqpTail {
    async fn next(&mut self) -> Result<Vec<(u64, Delivery)>, BrokerError> {
        loop {
            // Gives credit and promises nothing, the reader keeps its offset: the next entries
            // travel while these are written.
            if let Some(last) = self.last.take() {
                settled("basic.ack", last.ack(BasicAckOptions { multiple: true })).await?;
            }
            if !self.taken.is_empty() {
                return Ok(std::mem::take(&mut self.taken));
            }
            for delivery in take_ready(&mut self.deliveries, &mut self.end).await? {
                let (delivery, acker) = delivery_of(delivery);
                self.last = Some(acker);
                let offset = delivery.message.headers.integer("x-stream-offset");
                let offset = offset.and_then(|offset| u64::try_from(offset).ok());
                match offset {
                    Some(offset) if offset >= self.from => self.taken.push((offset, delivery)),
                    Some(_) => {}
                    None => {
                        return Err(BrokerError::Refused(
                            "not a stream: no x-stream-offset".into(),
                        ));
                    }
                }
            }
        }
    }
}
