//! Channels and consumers that the proxy ends, on both sides.

use super::{Around, Side, channel::Channel};
use crate::{
    encode,
    frame::{Frame, Malformed},
    method::{Deliver, Method},
    rule::ChannelError,
};
use amq_protocol::protocol::AMQPSoftError;

/// Octets of a client that opens a channel again before the broker has answered. Most say `channel.open` and wait; one that
/// does not has a round trip to say more.
const PARKED_MAX: usize = 1024 * 1024;

/// `close-ok`s that the proxy waits for, having said `channel.close` itself. Until it comes,
/// what its sender says about the channel is of the past.
#[derive(Clone, Copy, Debug, Default)]
pub struct Draining {
    client: bool,
    broker: bool,
}

/// Frames that the other side is not to hear yet.
#[derive(Debug, Default)]
pub struct Parked {
    frames: Vec<Frame>,
    octets: usize,
}

impl Draining {
    pub fn is_over(self) -> bool {
        !self.client && !self.broker
    }

    fn of(&mut self, side: Side) -> &mut bool {
        match side {
            Side::Client => &mut self.client,
            Side::Broker => &mut self.broker,
        }
    }
}

impl Channel {
    pub(super) fn is_between_units(&self) -> bool {
        self.from_client.is_between_units() && self.from_broker.is_between_units()
    }

    /// Closes the channel on both sides, each believing that the other did it. What waits on
    /// it is dropped.
    pub(super) fn raise(&mut self, error: ChannelError, around: &mut Around<'_>) {
        for side in [Side::Client, Side::Broker] {
            self.reset(side, around);
            self.way_mut(side).discard(around);
        }
        self.draining = Draining {
            client: true,
            broker: true,
        };
        let (code, text) = match error {
            ChannelError::NotFound => (AMQPSoftError::NOTFOUND, "NOT_FOUND - by intent"),
            ChannelError::PreconditionFailed => (
                AMQPSoftError::PRECONDITIONFAILED,
                "PRECONDITION_FAILED - by intent",
            ),
        };
        let close = encode::channel_close(self.id, code.get_id(), text);
        around.out.client.push(close);
        let close = encode::channel_close(self.id, 200, "closed on both sides");
        around.out.broker.push(close);
    }

    /// A frame of a side whose `close-ok` is due. Whether it is dealt with.
    pub(super) fn drain(
        &mut self,
        from: Side,
        method: Option<&Method<'_>>,
        around: &mut Around<'_>,
    ) -> bool {
        let draining = *self.draining.of(from);
        if draining {
            match method {
                Some(Method::ChannelCloseOk) => *self.draining.of(from) = false,
                // The two crossed: each is answered.
                Some(Method::ChannelClose) => {
                    (around.out.to(from)).push(encode::channel_close_ok(self.id));
                }
                _ => {}
            }
        }
        draining
    }

    /// A broker that has not answered our `channel.close` hears nothing else on the channel, not even that it is opened.
    pub(super) fn park(&mut self, frame: Frame) -> Result<(), Malformed> {
        if self.parked.octets > PARKED_MAX {
            return Err(Malformed::TooMany {
                what: "octets on a channel that the broker has not closed yet",
                channel: self.id,
                limit: PARKED_MAX,
            });
        }
        self.parked.octets += frame.raw().len();
        self.parked.frames.push(frame);
        Ok(())
    }

    pub(super) fn unpark(&mut self, around: &mut Around<'_>) -> Result<(), Malformed> {
        if self.draining.broker {
            return Ok(());
        }
        let mut parked = std::mem::take(&mut self.parked).frames.into_iter();
        parked.try_for_each(|frame| self.take(Side::Client, frame, around))
    }

    /// As if the queue was gone. The channel is between units on both sides.
    pub(super) fn cancel_consumer(
        &mut self,
        tag: &[u8],
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        self.give_back(tag, around)?;
        self.consumers.evict(tag);
        self.changed = true;
        let cancel = encode::cancel(self.id, tag);
        self.from_client.send_own(self.id, cancel.clone(), around)?;
        self.from_broker.send_own(self.id, cancel, around)
    }

    /// A delivery that was on its way when its consumer was cancelled goes back.
    pub(super) fn requeue(
        &mut self,
        deliver: &Deliver<'_>,
        no_ack: bool,
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        match no_ack {
            // The broker has forgotten it already.
            true => {
                self.deliveries.dropped_and_settled(deliver.delivery_tag);
                Ok(())
            }
            false => self.reject(deliver.delivery_tag, true, around),
        }
    }
}
