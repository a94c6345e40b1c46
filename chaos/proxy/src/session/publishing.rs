//! Towards the broker: publishes, and the confirms that come back for them.

use super::{Around, Side, channel::Channel};
use crate::{
    confirms::{Confirmed, Fate},
    decision, encode,
    faults::Chosen,
    frame::{Frame, Malformed},
    lane::Delay,
    method::{MANDATORY, Method, Publish, Tag},
    properties::trace_id,
    receipt::Receipt,
    rule::{Direction, Fault, OnConfirm, OnPublish, Told},
    selector::Message,
    shelf::Until,
};
use bytes::Bytes;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A publish whose confirm was chosen for a fault. The receipt is left when it comes.
#[derive(Debug)]
pub struct Marked {
    chosen: Chosen,
    fault: OnConfirm,
    receipt: Receipt,
}

impl Channel {
    /// A whole publish that was held: what becomes of it.
    pub(super) fn decide_publish(
        &mut self,
        publish: &Publish<'_>,
        message: &Message<'_>,
        frames: &[Frame],
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        let Some(chosen) = (around.faults).choose(Direction::Publish, message, around.now) else {
            return self.publish(message, frames, None, around);
        };
        let fault = chosen.armed.rule.fault;
        let receipt = receipt(&chosen, message, self.id);
        match fault {
            Fault::Publish(OnPublish::Drop(told)) => self.drop_publish(told, around)?,
            Fault::Publish(OnPublish::Delay(by)) => {
                let delay = delay(&chosen, by, around.now);
                self.publish(message, frames, Some(delay), around)?;
            }
            Fault::Publish(OnPublish::Duplicate) => {
                self.publish(message, frames, None, around)?;
                self.publish_again(publish, frames, around);
            }
            Fault::Publish(held @ (OnPublish::Hold | OnPublish::Reorder)) => {
                let until = match held {
                    OnPublish::Hold => Until::FaultEnds,
                    _ => Until::Overtaken,
                };
                if !self.shelve_publish(message, frames, until, &chosen, around) {
                    return self.publish(message, frames, None, around);
                }
            }
            Fault::Publish(OnPublish::Return) => {
                let is_returned = publish.flags & MANDATORY != 0
                    && self.return_publish(publish, frames, around)?;
                if !is_returned {
                    return self.publish(message, frames, None, around);
                }
            }
            Fault::Publish(OnPublish::Mutate) => match mutated(frames, chosen.hash) {
                Some(frames) => self.publish(message, &frames, None, around)?,
                None => return self.publish(message, frames, None, around),
            },
            Fault::Confirm(_) | Fault::Delivery(_) | Fault::Broker(_) => {
                return self.publish(message, frames, None, around);
            }
        }
        chosen.place.leave(receipt);
        Ok(())
    }

    fn publish(
        &mut self,
        message: &Message<'_>,
        frames: &[Frame],
        delay: Option<Delay>,
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        if let Some(confirms) = &mut self.confirms {
            let tag = confirms.forwarded();
            self.mark(tag, message, around);
        }
        self.from_client.shelf.overtake();
        // What stands behind a delayed frame waits with it.
        let mut delay = delay;
        for frame in frames {
            (self.from_client).send(frame.raw().clone(), delay.take(), around);
        }
        Ok(())
    }

    /// A confirm names no message, so it is chosen with the publish it answers.
    pub(super) fn mark(&mut self, tag: u64, message: &Message<'_>, around: &Around<'_>) {
        if let Some(chosen) = (around.faults).choose(Direction::Confirm, message, around.now)
            && let Fault::Confirm(fault) = chosen.armed.rule.fault
        {
            let receipt = receipt(&chosen, message, self.id);
            let marked = Marked {
                chosen,
                fault,
                receipt,
            };
            self.marked.insert(tag, marked);
        }
    }

    /// A copy that the client never hears of: not confirmed, and not returned either.
    fn publish_again(&mut self, publish: &Publish<'_>, frames: &[Frame], around: &mut Around<'_>) {
        if let Some(confirms) = &mut self.confirms {
            confirms.copied();
        }
        if let Some((method, content)) = frames.split_first() {
            let method = method.patched(publish.flags_at, &[publish.flags & !MANDATORY]);
            self.from_client.send(method, None, around);
            for frame in content {
                (self.from_client).send(frame.raw().clone(), None, around);
            }
        }
    }

    /// What a broker does that finds no queue. `false`: there is no room for it to wait in.
    fn return_publish(
        &mut self,
        publish: &Publish<'_>,
        frames: &[Frame],
        around: &mut Around<'_>,
    ) -> Result<bool, Malformed> {
        let method = encode::no_route(self.id, publish.exchange, publish.routing_key);
        let content = frames.iter().skip(1).map(|frame| frame.raw().clone());
        let unit = [method].into_iter().chain(content).collect();
        if !self.from_broker.send_own_unit(unit, around) {
            return Ok(false);
        }
        self.drop_publish(Told::Ack, around)?;
        Ok(true)
    }

    fn drop_publish(&mut self, told: Told, around: &mut Around<'_>) -> Result<(), Malformed> {
        let Some(confirms) = &mut self.confirms else {
            return Ok(());
        };
        let confirm = match told {
            Told::Ack => encode::ack(self.id, confirms.dropped_and_answered(), false),
            Told::Nack => {
                let tag = Tag {
                    tag: confirms.dropped_and_answered(),
                    multiple: false,
                    requeue: false,
                };
                encode::nack(self.id, tag)
            }
            Told::Nothing => {
                confirms.dropped_in_silence();
                return Ok(());
            }
        };
        self.from_broker.send_own(self.id, confirm, around)
    }

    /// The broker confirms.
    pub(super) fn confirm(
        &mut self,
        method: &Method<'_>,
        tag: Tag,
        frame: &Frame,
        around: &mut Around<'_>,
    ) {
        let Some(confirms) = &mut self.confirms else {
            return self.pass(Side::Broker, frame, around);
        };
        let mut latest: Option<Delay> = None;
        let (marked, now) = (&mut self.marked, around.now);
        let confirmed = confirms.confirmed(tag.into(), |client| {
            let Some(marked) = marked.remove(&client) else {
                return Fate::Forward;
            };
            if !marked.chosen.armed.is_live(now) {
                return Fate::Forward;
            }
            let fate = match marked.fault {
                OnConfirm::Drop => Fate::Swallow,
                OnConfirm::Nack if matches!(method, Method::Ack(_)) => Fate::Deny,
                // Nothing is left to be done, so there is no receipt either.
                OnConfirm::Nack => return Fate::Forward,
                OnConfirm::Delay(by) => {
                    let delay = delay(&marked.chosen, by, now);
                    latest = latest
                        .take()
                        .filter(|latest| latest.due >= delay.due)
                        .or(Some(delay));
                    Fate::Forward
                }
            };
            marked.chosen.place.leave(Receipt {
                at: SystemTime::now(),
                ..marked.receipt
            });
            fate
        });
        let octets: Vec<Bytes> = match confirmed {
            Confirmed::AsItCame => vec![frame.raw().clone()],
            Confirmed::Rewritten { denied, told } => {
                let nack = |tag, multiple, requeue| {
                    let tag = Tag {
                        tag,
                        multiple,
                        requeue,
                    };
                    encode::nack(self.id, tag)
                };
                let denied = denied.into_iter().map(|tag| nack(tag, false, false));
                let told = told.into_iter().map(|settlement| match method {
                    Method::Nack(_) => nack(settlement.tag, settlement.multiple, tag.requeue),
                    _ => encode::ack(self.id, settlement.tag, settlement.multiple),
                });
                denied.chain(told).collect()
            }
        };
        for octets in octets {
            self.from_broker.send(octets, latest.take(), around);
        }
    }
}

/// The same unit with one bit of its body turned, if it has any.
pub(super) fn mutated(frames: &[Frame], hash: u64) -> Option<Vec<Frame>> {
    let bodies = frames.get(2..)?;
    let octets: usize = bodies.iter().map(|body| body.payload().len()).sum();
    let bit = decision::one_of(octets as u64 * 8, hash)?;
    let mut at = usize::try_from(bit / 8).ok()?;
    let mut mutated = frames.to_vec();
    for frame in mutated.iter_mut().skip(2) {
        let len = frame.payload().len();
        if at < len {
            *frame = frame.flipped(at, (bit % 8) as u32);
            break;
        }
        at -= len;
    }
    Some(mutated)
}

pub(super) fn delay(chosen: &Chosen, by: Duration, now: Instant) -> Delay {
    Delay {
        due: now + by,
        armed: chosen.armed.clone(),
    }
}

pub(super) fn receipt(chosen: &Chosen, message: &Message<'_>, channel: u16) -> Receipt {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    Receipt {
        fault: chosen.armed.rule.name.clone(),
        what: chosen.armed.rule.fault.label(),
        message_id: message.message_id.map(text),
        exchange: text(message.exchange),
        routing_key: text(message.routing_key),
        queue: message.queue.map(text),
        channel,
        connection: message.connection.map(text),
        trace_id: message.content.and_then(trace_id),
        at: SystemTime::now(),
    }
}
