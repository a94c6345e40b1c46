//! From the broker: deliveries, and what the client answers to them. Here too is the step
//! from a unit that is whole to its decision.

use super::{
    Around, Side,
    channel::Channel,
    client::Client,
    publishing::{delay, mutated, receipt},
};
use crate::{
    deliveries::Settled,
    encode,
    frame::{Frame, Malformed},
    lane::Delay,
    method::{Deliver, Method, Publish, Tag},
    properties::message_id,
    rule::{Direction, Fault, OnDelivery, Upstream},
    selector::Message,
    shelf::Until,
};
use bytes::Bytes;

impl Channel {
    /// A fault could apply to the unit that this method opens.
    pub(super) fn wanted(&self, from: Side, method: &Method<'_>, around: &Around<'_>) -> bool {
        match (from, method) {
            (Side::Client, Method::Publish(publish)) => {
                let directions = match self.confirms {
                    Some(_) => &[Direction::Publish, Direction::Confirm][..],
                    None => &[Direction::Publish],
                };
                let message = published(publish, None, around.client);
                (around.faults).may_choose(directions, &message, around.now)
            }
            (Side::Broker, Method::Deliver(deliver)) => {
                let message = self.delivered(deliver, None, around.client);
                self.deliveries.countable(deliver.delivery_tag)
                    && (self.consumers.evicted(deliver.consumer_tag).is_some()
                        || (around.faults).may_choose(&[Direction::Delivery], &message, around.now))
            }
            _ => false,
        }
    }

    /// A method that opens a unit which passes, with the tag that the other side expects.
    pub(super) fn counted(&mut self, from: Side, frame: &Frame) -> Bytes {
        match (from, Method::parse(frame.payload())) {
            (Side::Client, Ok(Method::Publish(_))) => {
                if let Some(confirms) = &mut self.confirms {
                    confirms.forwarded();
                }
                frame.raw().clone()
            }
            (Side::Broker, Ok(Method::Deliver(deliver))) => {
                let acknowledged = self.acknowledged(&deliver);
                let tag = (self.deliveries).forwarded(deliver.delivery_tag, acknowledged);
                retagged(frame, &deliver, tag)
            }
            (Side::Broker, Ok(Method::GetOk(deliver))) => {
                let acknowledged = !self.consumers.got();
                let tag = (self.deliveries).forwarded(deliver.delivery_tag, acknowledged);
                retagged(frame, &deliver, tag)
            }
            _ => frame.raw().clone(),
        }
    }

    /// The held unit is whole.
    pub(super) fn decide(&mut self, from: Side, around: &mut Around<'_>) -> Result<(), Malformed> {
        let frames = self.way_mut(from).gathered(around);
        let [method, header, ..] = frames.as_slice() else {
            return Ok(());
        };
        let content = Some(header.payload());
        match Method::parse(method.payload())? {
            Method::Publish(publish) => {
                let message = published(&publish, content, around.client);
                self.decide_publish(&publish, &message, &frames, around)
            }
            Method::Deliver(deliver) => self.decide_delivery(&deliver, content, &frames, around),
            // Nothing else is ever held.
            _ => Ok(()),
        }
    }

    fn decide_delivery(
        &mut self,
        deliver: &Deliver<'_>,
        content: Option<&[u8]>,
        frames: &[Frame],
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        if let Some(no_ack) = self.consumers.evicted(deliver.consumer_tag) {
            return self.requeue(deliver, no_ack, around);
        }
        let message = self.delivered(deliver, content, around.client);
        let chosen = (around.faults).choose(Direction::Delivery, &message, around.now);
        let receipt = (chosen.as_ref()).map(|chosen| receipt(chosen, &message, self.id));
        let acknowledged = self.acknowledged(deliver);
        let broker = deliver.delivery_tag;
        let Some((chosen, receipt)) = chosen.zip(receipt) else {
            self.deliver(deliver, frames, None, around);
            return Ok(());
        };
        match chosen.armed.rule.fault {
            Fault::Delivery(OnDelivery::Drop(upstream)) => match (acknowledged, upstream) {
                (true, Upstream::Nothing) => self.deliveries.dropped_unacknowledged(broker),
                (true, Upstream::Requeue) => self.reject(broker, true, around)?,
                (true, Upstream::Reject) => self.reject(broker, false, around)?,
                // The broker has forgotten it already.
                (false, _) => self.deliveries.dropped_and_settled(broker),
            },
            Fault::Delivery(OnDelivery::Delay(by)) => {
                let delay = delay(&chosen, by, around.now);
                self.deliver(deliver, frames, Some(delay), around);
            }
            Fault::Delivery(OnDelivery::Duplicate) => {
                self.deliver(deliver, frames, None, around);
                let copy = self.deliveries.copied(acknowledged);
                self.send_delivery(deliver, copy, frames, None, around);
            }
            Fault::Delivery(held @ (OnDelivery::Hold | OnDelivery::Reorder)) => {
                let until = match held {
                    OnDelivery::Hold => Until::FaultEnds,
                    _ => Until::Overtaken,
                };
                if !self.shelve_delivery(deliver, frames, until, &chosen, around) {
                    self.deliver(deliver, frames, None, around);
                    return Ok(());
                }
            }
            Fault::Delivery(OnDelivery::Mutate) => match mutated(frames, chosen.hash) {
                Some(frames) => self.deliver(deliver, &frames, None, around),
                None => {
                    self.deliver(deliver, frames, None, around);
                    return Ok(());
                }
            },
            Fault::Publish(_) | Fault::Confirm(_) | Fault::Broker(_) => {
                self.deliver(deliver, frames, None, around);
                return Ok(());
            }
        }
        chosen.place.leave(receipt);
        Ok(())
    }

    pub(super) fn reject(
        &mut self,
        broker: u64,
        requeue: bool,
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        self.deliveries.dropped_and_settled(broker);
        let reject = encode::reject(self.id, broker, requeue);
        self.from_client.send_own(self.id, reject, around)
    }

    fn deliver(
        &mut self,
        deliver: &Deliver<'_>,
        frames: &[Frame],
        delay: Option<Delay>,
        around: &mut Around<'_>,
    ) {
        self.from_broker.shelf.overtake();
        let acknowledged = self.acknowledged(deliver);
        let tag = (self.deliveries).forwarded(deliver.delivery_tag, acknowledged);
        self.send_delivery(deliver, tag, frames, delay, around);
    }

    pub(super) fn send_delivery(
        &mut self,
        deliver: &Deliver<'_>,
        tag: u64,
        frames: &[Frame],
        delay: Option<Delay>,
        around: &mut Around<'_>,
    ) {
        if let Some((method, content)) = frames.split_first() {
            (self.from_broker).send(retagged(method, deliver, tag), delay, around);
            for frame in content {
                (self.from_broker).send(frame.raw().clone(), None, around);
            }
        }
    }

    /// The client acknowledges or rejects.
    pub(super) fn settle(
        &mut self,
        method: &Method<'_>,
        tag: Tag,
        frame: &Frame,
        around: &mut Around<'_>,
    ) {
        // No broker ever gives this tag: it answers 406, as to any tag it does not know.
        const NOBODYS: u64 = u64::MAX;
        let encoded = |id, tag| match method {
            Method::Nack(_) => encode::nack(id, tag),
            Method::Reject(_) => encode::reject(id, tag.tag, tag.requeue),
            _ => encode::ack(id, tag.tag, tag.multiple),
        };
        let octets: Vec<Bytes> = match self.deliveries.settled(tag.into()) {
            Settled::AsItCame => vec![frame.raw().clone()],
            Settled::Unknown => vec![encoded(
                self.id,
                Tag {
                    tag: NOBODYS,
                    ..tag
                },
            )],
            Settled::Upstream(settlements) => settlements
                .into_iter()
                .map(|settlement| {
                    let tag = Tag {
                        tag: settlement.tag,
                        multiple: settlement.multiple,
                        requeue: tag.requeue,
                    };
                    encoded(self.id, tag)
                })
                .collect(),
        };
        for octets in octets {
            self.from_client.send(octets, None, around);
        }
    }

    pub(super) fn acknowledged(&self, deliver: &Deliver<'_>) -> bool {
        !(self.consumers)
            .of(deliver.consumer_tag)
            .is_some_and(|consumer| consumer.no_ack)
    }

    fn delivered<'a>(
        &'a self,
        deliver: &Deliver<'a>,
        content: Option<&'a [u8]>,
        client: &'a Client,
    ) -> Message<'a> {
        Message {
            exchange: deliver.exchange,
            routing_key: deliver.routing_key,
            queue: (self.consumers.of(deliver.consumer_tag)).map(|c| c.queue.as_slice()),
            message_id: content.and_then(message_id),
            connection: client.name.as_deref(),
            consumer: Some(deliver.consumer_tag),
            content,
        }
    }
}

fn published<'a>(
    publish: &Publish<'a>,
    content: Option<&'a [u8]>,
    client: &'a Client,
) -> Message<'a> {
    Message {
        exchange: publish.exchange,
        routing_key: publish.routing_key,
        message_id: content.and_then(message_id),
        connection: client.name.as_deref(),
        content,
        ..Message::default()
    }
}

/// The same frame where the tag is the same.
fn retagged(frame: &Frame, deliver: &Deliver<'_>, tag: u64) -> Bytes {
    match tag == deliver.delivery_tag {
        true => frame.raw().clone(),
        false => frame.patched(deliver.tag_at, &tag.to_be_bytes()),
    }
}
